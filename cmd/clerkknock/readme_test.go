package main_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// shown is where the README has its server.
const shown = "127.0.0.1:8080"

// The README's way from zero to production is walked, and its outputs are compared. In
// them "…" is anything, and alone in a line any lines.
func TestTheReadmeShowsWhatHappens(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	api, env := emulate(t)
	w := &walk{t: t, dir: t.TempDir(), api: api, env: env}
	blocks := regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		for step := range strings.SplitSeq(strings.TrimPrefix(block[1], "$ "), "\n$ ") {
			line, output, _ := strings.Cut(strings.TrimSuffix(step, "\n"), "\n")
			w.step(line, output)
		}
	}
}

// walk is a terminal with a server in its background.
type walk struct {
	t      *testing.T
	dir    string
	api    *knocktest.API
	env    []string
	server *program
}

func (w *walk) step(line, output string) {
	w.t.Helper()
	if line, ok := strings.CutSuffix(line, " &"); ok {
		if w.server != nil {
			require.Equal(w.t, 0, w.server.stop(syscall.SIGINT))
		}
		args := strings.Fields(line)[1:]
		env := w.env
		if args[0] == "dev" {
			env = []string{"ADDR=127.0.0.1:0"}
		}
		w.server = start(w.t, w.dir, env, args...)
		require.Regexp(w.t, pattern(output), strings.ReplaceAll(w.server.output(), w.address(), shown))
		if args[0] == "serve" {
			w.api.Fail(knocktest.Fault{Path: "/v1/users/*", Times: 1, Status: 400}) // for what comes next
		}
		return
	}
	// What a worker has to do first is looked at until it is done.
	patience := time.Now().Add(20 * time.Second)
	for {
		got := w.run(line)
		if regexp.MustCompile(pattern(output)).MatchString(got) {
			return
		}
		if !strings.HasPrefix(line, "clerkknock events dead") || time.Now().After(patience) {
			w.t.Fatalf("%s\ngot:\n%s\nwant:\n%s", line, got, output)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (w *walk) run(line string) string {
	w.t.Helper()
	if w.server != nil {
		line = strings.ReplaceAll(line, shown, w.address())
	}
	cmd := exec.CommandContext(w.t.Context(), "sh", "-c", line)
	cmd.Dir = w.dir
	cmd.Env = append(append(cleanEnv(), w.env...), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if w.server != nil {
		cmd.Env = append(cmd.Env, "CLERKKNOCK_URL="+w.server.url+"/webhooks/clerk")
		if strings.Contains(w.server.cmd.String(), " dev") && strings.HasPrefix(line, "clerkknock send") {
			cmd.Env = append(cmd.Env, "CLERK_WEBHOOK_SIGNING_SECRET=") // as in a terminal where none is set
		}
	}
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s: %s", line, out)
	return strings.ReplaceAll(string(out), w.address(), shown)
}

// address is where the server really listens.
func (w *walk) address() string {
	if w.server == nil {
		return net.JoinHostPort("127.0.0.1", "0")
	}
	return strings.TrimPrefix(w.server.url, "http://")
}

// pattern is an output as a regular expression, at its beginning.
func pattern(output string) string {
	var b strings.Builder
	b.WriteString(`^`)
	for line := range strings.SplitSeq(output, "\n") {
		if line == "…" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + `\n?`)
	}
	return b.String()
}
