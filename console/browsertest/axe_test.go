package browsertest_test

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// accessible holds the page against axe-core's rules.
func (b *tab) accessible() {
	b.t.Helper()
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil && os.Getenv("CI") == "" {
		b.t.Log("axe-core is not installed: npm ci")
		return
	}
	require.NoError(b.t, err)
	// Not by a script element, which the page's policy forbids.
	get(b, chromedp.Evaluate[bool](string(axe)+"; true"))
	found := get(b, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r =>
		JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, at: v.nodes.slice(0, 3).map(n => n.html)}))))`,
		chromedp.EvalAwaitPromise))
	var violations []struct {
		ID, Help string
		At       []string
	}
	require.NoError(b.t, json.Unmarshal([]byte(found), &violations))
	for _, v := range violations {
		b.t.Errorf("%s: %s: %s", b.path(), v.ID, fmt.Sprint(v.Help, v.At))
	}
}
