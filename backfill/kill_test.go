package backfill_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

const (
	killedUsers = 5000
	killedOrgs  = 20
	killedPage  = 250
)

// TestMain is the process that is killed, if the environment says so.
func TestMain(m *testing.M) {
	if name := os.Getenv("BACKFILL_CHECKPOINT"); name != "" {
		if err := child(name, os.Getenv("BACKFILL_KNOCK")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(checkpoint, url string) error {
	executor, err := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: url})
	if err != nil {
		return err
	}
	source, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: executor, Logger: quiet,
	})
	if err != nil {
		return err
	}
	report, err := backfill.Run(context.Background(), backfill.Config{
		Source: source, Checkpoint: backfill.File(checkpoint), InFlight: 500,
	}, records(killedUsers, killedOrgs, killedPage))
	if err == nil && !report.Finished {
		return fmt.Errorf("not finished:\n%v", report)
	}
	for kind, c := range report.Kinds {
		fmt.Println(kind, c.Read, c.Sent)
	}
	return err
}

func TestARunThatIsKilledLosesNobodyAndRepeatsAFewPages(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 0))
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	name := filepath.Join(t.TempDir(), "backfill.json")
	start := func() *exec.Cmd {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		command.Env = append(os.Environ(), "BACKFILL_CHECKPOINT="+name, "BACKFILL_KNOCK="+server.URL)
		return command
	}
	position := func() int {
		data, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			return 0
		}
		require.NoError(t, err)
		n, err := strconv.Atoi(gjson.GetBytes(data, "position").Str)
		require.NoError(t, err)
		require.True(t, json.Valid(data))
		return n
	}
	kills, seen := 0, 0
	for kills < 20 {
		from := position()
		command := start()
		require.NoError(t, command.Start())
		time.Sleep(time.Duration(200+rng.IntN(1800)) * time.Millisecond)
		_ = command.Process.Kill() // it may have come to its end
		if command.Wait() == nil {
			break
		}
		kills++
		seen += check(t, api, seen, from)
	}
	from := position()
	out, err := start().CombinedOutput()
	require.NoError(t, err, string(out))
	check(t, api, seen, from)
	require.Contains(t, string(out), fmt.Sprint("user ", killedUsers, " ", killedUsers), "over all of its processes")
	require.NoFileExists(t, name)
	world{api: api}.holdsAll(t, killedUsers, killedOrgs)
	t.Logf("killed %d times: 0 lost", kills)
}

// check checks that nothing before the position was sent again, in the requests after those
// that were seen before. It returns how many there were.
func check(t *testing.T, api *knocktest.API, seen, position int) int {
	t.Helper()
	requests := api.Requests()
	for _, r := range requests[seen:] {
		if r.Path != "/v1/users/bulk/identify" {
			continue
		}
		for _, user := range gjson.GetBytes(r.Body, "users").Array() {
			n, err := strconv.Atoi(user.Get("id").Str[len("user_"):])
			require.NoError(t, err)
			require.GreaterOrEqual(t, n, position, "it was done before the last kill")
		}
	}
	return len(requests) - seen
}
