package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"
)

var (
	forms   = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	actions = regexp.MustCompile(`action="([^"]*)"`)
	hiddens = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// form finds the form on a page whose action has a text in it, and returns the address
// below the console's root and the hidden fields.
func (h *house) form(a answer, action string) (path string, fields url.Values) {
	h.t.Helper()
	for _, form := range forms.FindAllStringSubmatch(a.body, -1) {
		to := actions.FindStringSubmatch(form[1])
		if to == nil || !strings.Contains(to[1], action) || !strings.Contains(form[1], `method="post"`) {
			continue
		}
		fields = url.Values{}
		for _, field := range hiddens.FindAllStringSubmatch(form[2], -1) {
			fields.Add(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
		}
		return strings.TrimLeft(html.UnescapeString(to[1]), "./"), fields
	}
	require.Fail(h.t, "the page has no form "+action, a.words())
	return "", nil
}

// submit sends the form on a page whose action has a text in it, with further fields.
func (h *house) submit(a answer, action string, more ...string) answer {
	h.t.Helper()
	path, fields := h.form(a, action)
	for i := 0; i < len(more); i += 2 {
		fields.Set(more[i], more[i+1])
	}
	return h.do(http.MethodPost, path, fields.Encode(), nil)
}

// at is the place of the latest event in the log.
func (h *house) at() string {
	h.t.Helper()
	found := regexp.MustCompile(`events/(\d+-\d+)`).FindStringSubmatch(h.get("events").body)
	require.NotNil(h.t, found, "no event is listed")
	return found[1]
}
