package inbox_test

import (
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAConnectionErrorHasNoPassword(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"nobody listens":   "postgres://user:hunter2@127.0.0.1:1/db",
		"port is no port":  "postgres://user:hunter2@127.0.0.1:port/db",
		"words are no URL": "host=127.0.0.1 port=1 password=hunter2 bad",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), url, inbox.Config{})
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "hunter2")
			t.Log(err)
		})
	}
}
