package browsertest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// lived is a host to which everything has happened once: an event that was applied, one
// that was stale, one that Knock refused, one whose mapping leads nowhere, one that
// nothing is mapped to, and a request with a wrong signature.
func lived(t *testing.T) *host {
	t.Helper()
	h := newHost(t, clerkknock.DefaultMapper().Enable("session.created:users_identify"))
	at := func(millis int64) clerktest.Edit { return clerktest.Set("data.updated_at", millis) }
	h.event("msg_new", "user.updated", "user_ada", clerkknock.OutcomeSucceeded, at(1_800_000_000_000))
	h.event("msg_old", "user.updated", "user_ada", clerkknock.OutcomeSkipped, at(1_700_000_000_000))
	h.knock.Fail(knocktest.Fault{Path: "/v1/users/user_bob", Status: http.StatusUnprocessableEntity, Times: 1})
	h.event("msg_refused", "user.created", "user_bob", clerkknock.OutcomeFailed)
	h.event("msg_nowhere", "session.created", "sess_1", clerkknock.OutcomeSkipped, clerktest.Delete("data.user"),
		clerktest.Set("data.user_id", "user_eve"))
	require.Equal(t, http.StatusOK,
		h.post(clerktest.Secret, "msg_unmapped", clerktest.Event("waitlistEntry.created")))
	require.Equal(t, http.StatusUnauthorized,
		h.post("whsec_"+strings.Repeat("QUJD", 8), "msg_forged", clerktest.Event("user.created")))
	return h
}

// paths are all pages of a host's console, each of what has happened among them.
func (h *host) paths() []string {
	h.t.Helper()
	entries, err := h.box.EventLog().Entries(h.t.Context(), eventlog.Query{})
	require.NoError(h.t, err)
	all := slices.Clone(fixed)
	for _, e := range entries {
		all = append(all, h.find("events?search="+url.QueryEscape(e.Delivery.ID), "a[data-row]"))
		for _, entity := range e.Entities {
			_, id, _ := strings.Cut(entity, "/")
			all = append(all, "events?search="+url.QueryEscape(id))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// fixed are the pages that are always there.
var fixed = []string{
	"", "events", "events?outcome=refused", "events?type=none", "events?search=user_ada",
	"mappings", "rehearse", "try", "nowhere",
	"mappings?type=user.created", "rehearse?type=user.created", "do/today?outcome=failed", "do/discard?outcome=failed",
}

// find is where the first link of a kind on a page leads.
func (h *host) find(path, selector string) string {
	h.t.Helper()
	b := open(h.t, h, path)
	if strings.HasPrefix(b.path(), "events/") {
		return b.path() // it is the only one
	}
	href := get(b, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.href ?? ""`, selector)))
	require.NotEmpty(h.t, href, "%s has no %s", path, selector)
	return strings.TrimPrefix(href, h.url)
}

func TestEveryPageIsAccessibleAndFitsAPhone(t *testing.T) {
	t.Parallel()
	h := lived(t)
	for i, path := range h.paths() {
		t.Run("/"+path, func(t *testing.T) {
			b := open(t, h, path)
			b.accessible()
			name := fmt.Sprintf("%02d-%s", i, strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path))
			b.shoot(name + "-light")
			b.dark()
			b.accessible()
			b.shoot(name + "-dark")
			b.size(360, 740)
			b.accessible()
			wide := get(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
			require.LessOrEqual(t, wide, 360, "it is wider than the screen")
			b.shoot(name + "-phone")
		})
	}
}

// dark asks for dark colours.
func (b *tab) dark() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return err
	}), chromedp.Reload()) // past what moves from one colour to the other
}

func TestThePagesWorkWithoutJavaScript(t *testing.T) {
	t.Parallel()
	h := lived(t)
	b := open(t, h, "")
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		off := emulation.SetScriptExecutionDisabledParams{Value: true}
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, off)
		return err
	}))
	b.goTo("")
	b.follow("nav a", "Events")
	b.do(chromedp.SetValue(chromedp.CSS(`select[name=outcome]`), "failed"))
	b.submit("form.filters")
	require.Contains(t, b.path(), "outcome=failed")
	b.follow("a[data-row]", "user.created")
	b.says("422")
	b.follow("button", "Show personal data")
	b.says("Personal data is shown")
	require.NotContains(t, b.text(), "Live", "what needs scripts is not shown")
}

// submit sends a form, and waits for the page that it leads to.
func (b *tab) submit(selector string) {
	b.t.Helper()
	_, err := chromedp.RunResponse(b.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		script := fmt.Sprintf(`document.querySelector(%q).requestSubmit(), true`, selector)
		_, err := chromedp.Evaluate[bool](script)(ctx, target)
		return err
	}))
	require.NoError(b.t, err)
}

func TestAPageIsLiveUnlessItIsPaused(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper())
	b := open(t, h, "events")
	b.says("No event has come yet")
	h.event("msg_1", "user.created", "user_1", clerkknock.OutcomeSucceeded)
	b.says("user_1")
	b.do(chromedp.Click(chromedp.CSS("#live")))
	b.says("Paused")
	h.event("msg_2", "user.created", "user_2", clerkknock.OutcomeSucceeded)
	time.Sleep(1500 * time.Millisecond) // longer than it takes when it is not paused
	require.NotContains(t, b.text(), "user_2")
	b.do(chromedp.Click(chromedp.CSS("#live")))
	b.says("user_2")
}

func TestTheKeyboardIsEnough(t *testing.T) {
	t.Parallel()
	h := lived(t)
	b := open(t, h, "events")
	b.press("?")
	b.says("opens what is selected")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.press("j")
	b.press("j")
	b.press("k")
	_, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter))
	require.NoError(t, err)
	require.Contains(t, b.path(), "events/")
	b.press("/")
	b.do(chromedp.KeyEvent("user_bob"))
	_, err = chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter))
	require.NoError(t, err)
	b.says("user_bob")
}

// press presses a key that the page may keep to itself: only otherwise it makes a character.
func (b *tab) press(key string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, event := range []input.DispatchKeyEventParams{
			{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key}, {Type: input.DispatchKeyEventTypeKeyUp, Key: key},
		} {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
		}
		return nil
	}))
}
