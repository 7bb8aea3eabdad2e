package browsertest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// attack is a text that runs a script where it is not escaped: as an element, out of an
// attribute, out of a script, as a link.
const attack = `"'><script>window.hacked=1</script><img src=x onerror="window.hacked=1">` +
	`</script><script>window.hacked=1</script>javascript:window.hacked=1//{{.}}`

func TestATextInAPayloadStaysText(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper().Enable("session.created:users_identify"))
	var n int
	everywhere := func(event map[string]any) { n = poison(event["data"]) }
	user := clerktest.Event("user.created", everywhere)
	require.Greater(t, n, 20, "texts")
	require.Less(t, h.post(clerktest.Secret, "msg_"+attack[:20], user), 300)
	require.Less(t, h.post(clerktest.Secret, "msg_2", clerktest.Event("session.created", everywhere)), 300)
	h.settles("msg_2", clerkknock.OutcomeSucceeded, clerkknock.OutcomeSkipped, clerkknock.OutcomeFailed)
	paths := h.paths()
	for _, param := range []string{"search", "type", "outcome", "entity", "from", "before"} {
		paths = append(paths, "events?"+param+"="+url.QueryEscape(attack))
	}
	for _, path := range paths {
		b := open(t, h, path)
		for _, button := range []string{"Show secrets, too"} {
			if strings.Contains(b.text(), button) {
				b.follow("button", button)
			}
		}
		require.False(t, get(b, chromedp.Evaluate[bool](`"hacked" in window`)), path)
		require.Zero(t, get(b, chromedp.Evaluate[int](`document.querySelectorAll("main script, main img").length`)), path)
		links := get(b, chromedp.Evaluate[int](`[...document.links].filter(a => a.protocol !== location.protocol).length`))
		require.Zero(t, links, path)
	}
}

// poison puts the attack into each text of a payload, and returns how many there are.
func poison(v any) (n int) {
	change := func(text string) any {
		n++
		return text + attack
	}
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if text, ok := value.(string); ok {
				v[key] = change(text)
			} else {
				n += poison(value)
			}
		}
	case []any:
		for i, value := range v {
			if text, ok := value.(string); ok {
				v[i] = change(text)
			} else {
				n += poison(value)
			}
		}
	}
	return n
}
