package knock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func TestNothingPrintsTheAPIKey(t *testing.T) {
	t.Parallel()
	c := knock.Config{APIKey: "sk_very_secret", BaseURL: "https://user:sk_very_secret@api.knock.app"}
	e, err := knock.New(knock.Config{APIKey: c.APIKey, MaxAttempts: 7})
	require.NoError(t, err)
	for name, value := range map[string]any{
		"config": c, "pointer to config": &c, "within": struct{ C knock.Config }{c}, "executor": e,
	} {
		for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d"} {
			t.Run(name+" "+verb, func(t *testing.T) {
				t.Parallel()
				requireNoKey(t, fmt.Sprintf(verb, value))
			})
		}
		for kind, handler := range map[string]func(*bytes.Buffer) slog.Handler{
			"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			t.Run(name+" slog "+kind, func(t *testing.T) {
				t.Parallel()
				var b bytes.Buffer
				slog.New(handler(&b)).Info("start", "knock", value)
				requireNoKey(t, b.String())
			})
		}
		t.Run(name+" json", func(t *testing.T) {
			t.Parallel()
			raw, err := json.Marshal(value)
			require.NoError(t, err)
			requireNoKey(t, string(raw))
		})
	}
}

func requireNoKey(t *testing.T, printed string) {
	t.Helper()
	require.NotContains(t, printed, "very_secret")
	require.NotContains(t, printed, fmt.Sprintf("%x", "very_secret"))
	require.NotContains(t, printed, fmt.Sprintf("%X", "very_secret"))
	require.NotContains(t, printed, "!")
	require.Regexp(t, "hidden|knock.Executor", printed)
}

func TestAPrintedConfigShowsWhatIsNoSecret(t *testing.T) {
	t.Parallel()
	c := knock.Config{APIKey: "sk_1", MaxAttempts: 7, Branch: "mine", BaseURL: "https://knock.example.com"}
	printed := fmt.Sprint(c)
	for _, part := range []string{"APIKey:hidden", "MaxAttempts:7", "Branch:mine", "https://knock.example.com"} {
		require.Contains(t, printed, part)
	}
}
