package browsertest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is more than anything takes that works, on a machine that is busy.
const patience = 45 * time.Second

// browser is what all tabs belong to.
var browser context.Context

func TestMain(m *testing.M) {
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "" {
		fmt.Println("SKIPPED: there is no chromium")
		os.Exit(0)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil { // starts it
		fmt.Println("chromium does not start:", err)
		os.Exit(1)
	}
	browser = ctx
	code := m.Run()
	cancel()
	stop()
	os.Exit(code)
}

// tab is a tab of the browser on a host's console.
type tab struct {
	t    *testing.T
	ctx  context.Context
	host *host
}

// open opens a tab of its own on a page of the console.
func open(t *testing.T, h *host, path string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(stop)
	tab := &tab{t, ctx, h}
	tab.size(1280, 900)
	tab.goTo(path)
	return tab
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, steps...))
}

func get[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, action)
	require.NoError(b.t, err)
	return value
}

func (b *tab) size(width, height int64) { b.t.Helper(); b.do(chromedp.EmulateViewport(width, height)) }

func (b *tab) goTo(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.host.url + path))
}

// path is where the tab is, under the console.
func (b *tab) path() string {
	b.t.Helper()
	return strings.TrimPrefix(get(b, chromedp.Location()), b.host.url)
}

// text is what a person reads of the page.
func (b *tab) text() string { b.t.Helper(); return get(b, visible) }

var visible = chromedp.Evaluate[string](`document.body?.innerText ?? ""`)

// follow clicks what has the text, and waits for the page that it leads to.
func (b *tab) follow(selector, text string) {
	b.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.innerText.trim().includes(%q))`, selector, text)
	require.True(b.t, get(b, chromedp.Evaluate[bool](find+` !== undefined`)), "%s with %q on %s:\n%s",
		selector, text, b.path(), b.text())
	_, err := chromedp.RunResponse(b.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](find+`.click(), true`)(ctx, target)
		return err
	}))
	require.NoError(b.t, err)
}

// says waits until a person reads a text on the page.
func (b *tab) says(text string) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		// While one page goes and the next comes there is nothing to read.
		read, err := chromedp.Run(b.ctx, visible)
		if err == nil && strings.Contains(read, text) {
			return
		}
		require.NoError(b.t, b.ctx.Err())
		require.True(b.t, time.Now().Before(end), "%q is not on %s, which says %q", text, b.path(), read)
	}
}

// shoot keeps a picture of the whole page, where SCREENSHOTS says.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	picture := get(b, chromedp.FullScreenshot(100))
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600))
}
