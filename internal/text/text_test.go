package text_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/stretchr/testify/require"
)

func FuzzQuotedLikeEncodingJSON(f *testing.F) {
	for _, s := range []string{"", "plain", `a "b" \c`, "<&>", "é\u2028\u2029", "\xff\x00\x1f\x7f", "tab\tline\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(s))
		require.Equal(t, b.String(), string(text.AppendQuoted([]byte("x"), s)[1:])+"\n")
	})
}

func TestViewIsTheSameText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "abc", text.View([]byte("abc")))
	require.Empty(t, text.View(nil))
}
