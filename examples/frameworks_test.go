package examples_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// executed is the line that a program without a key of Knock's prints for an action.
var executed = regexp.MustCompile(`clerkknock: dry run.* svix_id=(msg_\d+)`)

func TestEachFrameworkExecutesEachEventOnceWithItsOwnIDs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nethttp", "chi", "gin", "echo", "fiber", "lambda"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := start(t, name, programs[name])
			const count = 1000
			for i := range count {
				id := fmt.Sprintf("msg_%04d", i)
				answer := post(t, host.url, id, clerktest.Event("user.created", clerktest.Set("data.id", "user_"+id)))
				require.Contains(t, answer, `"id":"`+id+`"`)
				require.Contains(t, answer, `"outcome":"succeeded"`)
			}
			host.stop(t, programs[name])
			times := map[string]int{}
			for _, line := range executed.FindAllStringSubmatch(host.stderr.String(), -1) {
				times[line[1]]++
			}
			require.Len(t, times, count)
			for id, n := range times {
				assert.Equal(t, 1, n, id)
			}
		})
	}
}

// post delivers an event as Clerk does, and returns the answer.
func post(t *testing.T, url, id string, body []byte) string {
	t.Helper()
	request := clerktest.NewRequest(url+"/webhooks/clerk", clerktest.Secret, id, time.Now(), body)
	request.RequestURI = ""
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Less(t, response.StatusCode, 300, string(answer))
	return string(answer)
}
