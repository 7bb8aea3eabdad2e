package clerkknock_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

const newSecret = "whsec_b3RoZXIgc2VjcmV0IG9mIHRlc3Rz"

var silent = slog.New(slog.DiscardHandler)

// refusing is a Verifier that nobody passes.
type refusing struct{}

func (refusing) Verify([]byte, http.Header) error { return clerkknock.ErrNoMatch }

// answered is the status that a Source gives to an event signed with a secret.
func answered(src *clerkknock.Source, secret, id string) int {
	recorder := httptest.NewRecorder()
	body := clerktest.Event("user.created")
	src.ServeHTTP(recorder, clerktest.NewRequest("/", secret, id, time.Now(), body))
	return recorder.Code
}

func ExampleSource_SetSigningSecrets() {
	done := clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error { return nil })
	src, _ := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: done, Logger: silent,
	})
	fmt.Println(answered(src, newSecret, "msg_1"))
	err := src.SetSigningSecrets(newSecret, clerktest.Secret) // the new one, and the old one for a while
	fmt.Println(answered(src, newSecret, "msg_1"), answered(src, clerktest.Secret, "msg_2"), err)
	fmt.Println(src.SetSigningSecrets() != nil, answered(src, newSecret, "msg_3")) // the old ones stay
	// Output:
	// 401
	// 200 200 <nil>
	// true 200
}

func TestNoRequestIsLostWhileSecretsAreReplaced(t *testing.T) {
	t.Parallel()
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret, newSecret}, Executor: clerkknock.DryRun(silent), Logger: silent,
	})
	require.NoError(t, err)
	var replacing sync.WaitGroup
	stop := make(chan struct{})
	replacing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			both := []string{clerktest.Secret, newSecret, clerktest.Secret}
			if err := src.SetSigningSecrets(both[i%2 : i%2+2]...); err != nil {
				t.Error(err)
			}
			require.Error(t, src.SetSigningSecrets())
		}
	})
	for i := range 500 {
		secret := []string{clerktest.Secret, newSecret}[i%2]
		require.Equal(t, http.StatusOK, answered(src, secret, fmt.Sprint("msg_", i)))
	}
	close(stop)
	replacing.Wait()
}

func TestAVerifierOfTheHostsOwnKeepsItsSecrets(t *testing.T) {
	t.Parallel()
	src, err := clerkknock.New(clerkknock.Config{Verifier: refusing{}, Executor: clerkknock.DryRun(silent)})
	require.NoError(t, err)
	require.ErrorContains(t, src.SetSigningSecrets(newSecret), "Config.Verifier")
}
