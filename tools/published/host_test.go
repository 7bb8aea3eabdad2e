package published_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// host is a module of its own that knows nothing of this tree but the proxy.
type host struct {
	t   *testing.T
	dir string
	env []string
}

// Modules are unpacked afresh, since those of ours have the same version in
// every run, but what the machine has downloaded is not downloaded again.
// Without -trimpath, the new folder would have everything compiled again.
func newHost(t *testing.T, proxy string) host {
	t.Helper()
	normal := goEnv(t, "GOPROXY")
	cache := filepath.Join(goEnv(t, "GOMODCACHE"), "cache", "download")
	h := host{t: t, env: append(os.Environ(),
		"GOWORK=off",
		"GOFLAGS=-mod=mod -modcacherw -trimpath",
		"GOPROXY=file://"+proxy+",file://"+cache+","+normal,
		"GOSUMDB=off", // ours are in no database yet
		"GOPRIVATE=", "GONOPROXY=",
		"GOMODCACHE="+t.TempDir(),
		"GOBIN="+t.TempDir(),
	)}
	return h.another()
}

// another is an empty host on the same modules.
func (h host) another() host {
	h.t.Helper()
	h.dir = h.t.TempDir()
	h.run("mod", "init", "example.com/host")
	return h
}

func (h host) write(name, text string) {
	h.t.Helper()
	name = filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

func (h host) run(args ...string) {
	h.t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = h.dir, h.env
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
