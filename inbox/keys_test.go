package inbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// key is a key with a secret of its own.
func key(id string) inbox.Key {
	secret := bytes.Repeat([]byte{'.'}, 32)
	copy(secret, "SECRET"+id)
	return inbox.Key{ID: id, Secret: secret}
}

func TestWhatIsStoredUnderAKeyIsReadableWithItAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		d := private("msg_1", "user_1")
		r := &recorder{}
		b := at.open(t, inbox.Config{Keys: []inbox.Key{key("old")}})
		noted(t, b, d)
		assert.Zero(t, at.marks(t), "while it is open")
		require.NoError(t, b.Close())
		assert.Zero(t, at.marks(t), "when it is closed")

		// The key is missing.
		b = at.open(t, inbox.Config{Keys: []inbox.Key{key("new")}})
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		letters := collect(t, b.Dead(t.Context(), inbox.Period{}))
		require.Len(t, letters, 1)
		assert.Contains(t, letters[0].Error, `encrypted under key "old", which Config.Keys lacks`)
		assert.Empty(t, letters[0].Delivery.Body)
		entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		assert.Empty(t, entries[0].Delivery.Body)
		require.NoError(t, b.Close())

		// It is there again, if only to decrypt.
		b = at.open(t, inbox.Config{Keys: []inbox.Key{key("new"), key("old")}})
		letters = collect(t, b.Dead(t.Context(), inbox.Period{}))
		assert.Equal(t, string(d.Body), string(letters[0].Delivery.Body))
		assert.Equal(t, d.Header, letters[0].Delivery.Header)
		entries, err = b.EventLog().Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		assert.Equal(t, string(d.Body), string(entries[0].Delivery.Body))
		assert.Equal(t, d.Header, entries[0].Delivery.Header)
		require.NoError(t, b.Replay(t.Context(), "msg_1"))
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		assert.Equal(t, []string{"identify msg_1"}, r.recorded())
	})
}

func TestAContentIsReadableInItsOwnRowAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{Keys: []inbox.Key{key("a")}})
		noted(t, b, private("msg_1", "user_1"))
		require.NoError(t, b.Close())
		at.exec(t, `UPDATE clerk_events SET key = 'msg_2'`)
		b = at.open(t, inbox.Config{Keys: []inbox.Key{key("a")}})
		entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		assert.Empty(t, entries[0].Delivery.Body)
	})
}

func TestWhatIsStoredIsReencryptedUnderTheFirstKey(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		const each = 40 // thrice that is more than is done at once
		stored := 0
		for _, keys := range [][]inbox.Key{nil, {key("a")}, {key("b"), key("a")}} {
			b := at.open(t, inbox.Config{Keys: keys})
			for range each {
				stored++
				noted(t, b, private(fmt.Sprint("msg_", stored), fmt.Sprint("user_", stored)))
			}
			require.NoError(t, b.Close())
		}
		require.Positive(t, at.marks(t))

		b := at.open(t, inbox.Config{Keys: []inbox.Key{key("c"), key("b")}})
		n, err := b.Reencrypt(t.Context())
		require.ErrorContains(t, err, `encrypted under key "a", which Config.Keys lacks`)
		assert.Equal(t, 4*each, n)
		assert.Zero(t, at.marks(t), "what was in plain")
		require.NoError(t, b.Close())

		b = at.open(t, inbox.Config{Keys: []inbox.Key{key("c"), key("a")}})
		n, err = b.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2*each, n)
		require.NoError(t, b.Close())

		b = at.open(t, inbox.Config{Keys: []inbox.Key{key("c")}})
		n, err = b.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n)
		r := &recorder{}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		assert.Len(t, r.recorded(), stored)
		entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{Limit: stored})
		require.NoError(t, err)
		for _, e := range entries {
			assert.NotEmpty(t, e.Delivery.Body)
			assert.Equal(t, private("", "").Header, e.Delivery.Header)
		}
	})
}

func TestAKeyThatCannotBeOneIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keys []inbox.Key
		says string
	}{
		"no ID":          {[]inbox.Key{key("")}, "Config.Keys[0] has no ID"},
		"a short secret": {[]inbox.Key{{ID: "b", Secret: []byte("SECRET")}}, "Config.Keys[0] has a secret of 6 bytes"},
		"an ID twice":    {[]inbox.Key{key("a"), key("a")}, `Config.Keys[1] has the ID "a" of another`},
		"a binary ID":    {[]inbox.Key{key("\x00")}, "Config.Keys[0] has an ID that is no text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sqliteSite(t).try(t, inbox.Config{Keys: test.keys})
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), "SECRET")
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		_, err := sqliteSite(t).open(t, inbox.Config{}).Reencrypt(t.Context())
		require.ErrorContains(t, err, "Config.Keys is empty")
	})
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c := inbox.Config{Keys: []inbox.Key{key("2026")}}
	shows := func(t *testing.T, text string) {
		t.Helper()
		for _, secret := range []string{"SECRET", "534543", "53 45 43", "83 69 67", "U0VDUkVU"} {
			assert.NotContains(t, text, secret)
		}
	}
	for name, v := range map[string]any{
		"key": c.Keys[0], "pointer": &c.Keys[0], "keys": c.Keys, "config": c, "config's pointer": &c,
		"field": struct{ Config inbox.Config }{c}, "map": map[string]inbox.Key{"k": c.Keys[0]},
		"inbox": sqliteSite(t).open(t, c),
	} {
		t.Run(name, func(t *testing.T) {
			// But not %p and %w, of which fmt asks no method: go vet refuses them here.
			for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X % x %d %o %O %b %c %U %t %e %g %T %y") {
				shows(t, fmt.Sprintf(verb, v))
			}
			shows(t, fmt.Sprint(v)+fmt.Sprintln(v))
			raw, _ := json.Marshal(v) // a Config has what no JSON can hold
			shows(t, string(raw))
			var b bytes.Buffer
			slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
			slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
			shows(t, b.String())
		})
	}
	raw, err := json.Marshal(c.Keys)
	require.NoError(t, err)
	require.JSONEq(t, `["key 2026"]`, string(raw))
	require.Equal(t, "[key 2026]", fmt.Sprint(c.Keys))
}
