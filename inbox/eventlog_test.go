package inbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What was sent is as personal as what came in, and each attempt has its own.
func TestWhatWasPlannedIsEncryptedAndErased(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		mapper := identify().Set("identify", clerkknock.Params{"name": clerkknock.Path("data.first_name")})
		fail := func(context.Context, clerkknock.Invocation) error { return clerkknock.Permanent(errors.New("refused")) }
		d := private("msg_1", "user_1")
		// planned are the actions of the attempts that are kept.
		planned := func(b *inbox.Inbox) (params []string) {
			entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
			require.NoError(t, err)
			require.Len(t, entries, 1)
			for _, r := range entries[0].Reports {
				for _, s := range r.Steps {
					params = append(params, string(s.Planned.Params["name"]))
				}
			}
			return params
		}
		name := `"` + strings.Repeat(mark, 200) + `"`
		first := []inbox.Key{key("a")}
		b := at.open(t, inbox.Config{Keys: first})
		src := newSource(t, b, mapper, fail)
		for range 3 {
			_, err := src.Reprocess(t.Context(), d)
			require.Error(t, err)
		}
		assert.Equal(t, []string{name, name, name}, planned(b))
		assert.Zero(t, at.marks(t))
		require.NoError(t, b.Close())

		rotated := []inbox.Key{key("b"), key("a")}
		b = at.open(t, inbox.Config{Keys: rotated})
		_, err := newSource(t, b, mapper, fail).Reprocess(t.Context(), d)
		require.Error(t, err)
		n, err := b.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Positive(t, n)
		n, err = b.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n, "again")
		require.NoError(t, b.Close())

		b = at.open(t, inbox.Config{Keys: rotated[:1]})
		assert.Equal(t, []string{name, name, name, name}, planned(b), "without the old key")
		require.NoError(t, b.Close())
		b = at.open(t, inbox.Config{Keys: first})
		assert.Equal(t, []string{"", "", "", ""}, planned(b), "without the new key")
		require.NoError(t, b.Close())

		b = at.open(t, inbox.Config{Keys: rotated})
		require.NoError(t, b.Erase(t.Context(), "user/user_1"))
		assert.Equal(t, []string{"", "", "", ""}, planned(b), "erased")
		_, err = newSource(t, b, mapper, fail).Reprocess(t.Context(), d)
		require.Error(t, err)
		assert.Equal(t, []string{"", "", "", "", ""}, planned(b), "what comes later stays erased")
	})
}
