package inbox_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/clerkknock/clerkknock/internal/marks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// holdNothing are the types that hold neither secrets nor personal data.
const holdNothing = "inbox.Filter inbox.Period inbox.State inbox.StateError inbox.Stats inbox.Health"

// shown is where a value shows a mark.
func shown[T any](v T) (name string, ways []string) {
	return marks.NameOf(v), append(marks.Shown(v, marks.Secret), marks.Shown(v, marks.Private)...)
}

func TestNoTypeOfAnInboxShowsSecretsOrPersonalData(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	check := func(name string, ways []string) {
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, ways)
		})
	}
	key := marks.Filled[inbox.Key]()
	key.ID, key.Secret = "2026", []byte(marks.Secret+marks.Secret)
	require.Len(t, key.Secret, 32)
	check(shown(key))
	c := marks.Filled[inbox.Config]()
	c.Schema, c.Logger, c.Keys = "", nil, []inbox.Key{key}
	c.Target = "https://me:" + marks.Secret + "@knock.example.com sk_test_" + marks.Secret
	c.FormerTarget = c.Target
	check(shown(c))
	letter := marks.Filled[inbox.Letter]()
	letter.Key, letter.Delivery.ID, letter.Type, letter.State, letter.Error = "msg_1", "msg_1", "user.created", "dead", ""
	check(shown(letter))

	at := sqliteSite(t)
	onFile, err := sqlite.Open(t.Context(), at.path, silent(c))
	require.NoError(t, err)
	t.Cleanup(func() { _ = onFile.Close() })
	check(shown(onFile))
	check(shown(onFile.Inbox))
	onServer := postgresSite(t)
	c.Schema = onServer.schema
	url := smallPool(databaseURL(t)) + "&application_name=" + marks.Secret
	shared, err := postgres.Open(t.Context(), url, silent(c))
	require.NoError(t, err)
	t.Cleanup(func() { _ = shared.Close() })
	check(shown(shared))

	all, err := marks.Types(".")
	require.NoError(t, err)
	for name := range strings.FieldsSeq(holdNothing) {
		assert.NotContains(t, seen, name)
		seen[name] = true
	}
	assert.ElementsMatch(t, all, slices.Collect(maps.Keys(seen)), "say of each type what it holds")
}
