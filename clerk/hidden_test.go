package clerk_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
)

// marker is in every secret of every fixture.
const marker = "do-not-forward"

// shows lists every way to print, log and encode a value.
func shows(t *testing.T, value any) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%10s", "%T"} {
		out[verb] = fmt.Sprintf(verb, value)
	}
	out["Sprint"], out["Sprintln"] = fmt.Sprint(value), fmt.Sprintln(value)
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	out["JSON"] = string(encoded)
	var text, logged bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("", "value", value)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("", "value", value)
	out["slog text"], out["slog JSON"] = text.String(), logged.String()
	return out
}

func assertHides(t *testing.T, value any) {
	t.Helper()
	forms := []string{
		marker,
		hex.EncodeToString([]byte(marker)),
		strings.Trim(fmt.Sprint([]byte(marker)), "[]"),
		strings.Trim(fmt.Sprintf("%#v", []byte(marker)), "[]byte{}"),
	}
	for way, out := range shows(t, value) {
		for _, form := range forms {
			assert.False(t, strings.Contains(strings.ToLower(out), form), "%s of %T shows %q", way, value, form)
		}
	}
}

func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	secret := clerk.Hide(marker)
	object := clerk.Hide(json.RawMessage(`{"note":"` + marker + `"}`))
	type exported struct {
		Secret  clerk.Secret
		Pointer *clerk.SecretJSON
		List    []clerk.Secret
		Map     map[string]clerk.SecretJSON
	}
	type unexported struct {
		secret clerk.Secret
		inner  *exported
		list   []clerk.SecretJSON
	}
	full := exported{secret, &object, []clerk.Secret{secret}, map[string]clerk.SecretJSON{"k": object}}
	for name, value := range map[string]any{
		"secret": secret, "pointer": &secret, "JSON": object, "pointer to JSON": &object,
		"struct": full, "pointer to struct": &full, "slice": []clerk.Secret{secret}, "any": []any{secret, object},
		"unexported fields": unexported{secret, &full, []clerk.SecretJSON{object}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertHides(t, value)
		})
	}
	for way, out := range shows(t, secret) {
		if way != "%T" {
			assert.Contains(t, out, "[redacted]", way)
		}
	}
	assert.Equal(t, marker, secret.Reveal())
	assert.JSONEq(t, `{"note":"`+marker+`"}`, string(object.Reveal()))
}

func TestNothingToHideShowsNothing(t *testing.T) {
	t.Parallel()
	var none struct {
		Secret clerk.Secret
		Object clerk.SecretJSON
	}
	require.NoError(t, json.Unmarshal([]byte(`{"Secret":null,"Object":null}`), &none))
	assert.True(t, none.Secret.IsZero())
	assert.True(t, none.Object.IsZero())
	assert.Empty(t, none.Secret.Reveal())
	assert.Nil(t, none.Object.Reveal())
	assert.Equal(t, "{ }", fmt.Sprint(none))
	assert.Equal(t, clerk.Secret{}, clerk.Hide(""))
	encoded, err := json.Marshal(none)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Secret":"","Object":""}`, string(encoded))
}

func TestSecretKeepsWhatIsNoString(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{`"a\u0062"`: "ab", `123456`: "123456", `{"a":[1]}`: `{"a":[1]}`, `""`: ""} {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			var secret clerk.Secret
			require.NoError(t, json.Unmarshal([]byte(wire), &secret))
			assert.Equal(t, want, secret.Reveal())
		})
	}
}

func TestEventsHideTheSecretsInThem(t *testing.T) {
	t.Parallel()
	marked := 0
	for name, body := range fixtures() {
		e, event, data := decode(t, body)
		if bytes.Contains(body, []byte(marker)) {
			marked++
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range []any{e, event, &event, data, &data, []any{data}, struct{ data any }{data}} {
				assertHides(t, value)
			}
		})
	}
	assert.Greater(t, marked, 20)
}
