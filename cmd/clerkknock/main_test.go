package main_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/rogpeppe/go-internal/testscript"
)

// bin is the folder with the built program.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "clerkknock")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	args := []string{"build", "-o", filepath.Join(dir, "clerkknock")}
	if raceEnabled {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	bin = dir
	return m.Run()
}

// The scripts run the built program. RECEIVER is the URL of one that does nothing, and
// SECRET its signing secret.
func TestScripts(t *testing.T) {
	t.Parallel()
	nothing := clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error { return nil })
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			src, err := clerkknock.New(clerkknock.Config{
				SigningSecrets: []string{clerktest.Secret}, Executor: nothing, Logger: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				return err
			}
			server := httptest.NewServer(src)
			env.Defer(server.Close)
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("RECEIVER", server.URL)
			env.Setenv("SECRET", clerktest.Secret)
			management := httptest.NewServer(http.HandlerFunc(manage))
			env.Defer(management.Close)
			env.Setenv("MANAGEMENT", management.URL)
			emulated := httptest.NewServer(knocktest.New(knocktest.Config{APIKey: "sk_test_right"}))
			env.Defer(emulated.Close)
			env.Setenv("KNOCK", emulated.URL)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
		},
	})
}

// manage is as much of Knock's Management API as the scripts need.
func manage(w http.ResponseWriter, r *http.Request) {
	const mappings = `[{"event_type":"user.created","action_type":"users_identify","active":true,` +
		`"action_parameters":{"id":"body.data.id"}},` +
		`{"event_type":"user.created","action_type":"teleport","active":true,"action_parameters":null}]`
	switch {
	case r.Header.Get("Authorization") != "Bearer knock_st_test":
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/v1/sources/clerk":
		fmt.Fprintf(w, `{"key":"clerk","environment_settings":{%q:{"mappings":%s}}}`,
			r.URL.Query().Get("environment"), mappings)
	case r.URL.Path == "/v1/source_providers/clerk":
		fmt.Fprintf(w, `{"default_action_mappings":%s}`, mappings)
	case r.URL.Path == "/v1/workflows/session-created":
		fmt.Fprint(w, `{"key":"session-created","name":"Session created","active":true}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}
