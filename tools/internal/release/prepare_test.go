package release_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/clerkknock/clerkknock/tools/internal/release"
)

// A library replaces what it requires, a command leaves that to go.work.
var workspace = map[string]string{
	"go.work": "go 1.26.0\n\nuse (\n\t./cmd/k\n\t./inbox\n\t./otel/test\n\t./examples\n\t.\n)\n\n" +
		"replace (\n\texample.com/k v0.0.0 => ./\n\texample.com/k/inbox v0.0.0 => ./inbox\n)\n",
	"go.mod": "module example.com/k\n\ngo 1.26.0\n",
	"k.go":   "package k\n",
	"inbox/go.mod": "module example.com/k/inbox\n\ngo 1.26.0\n\nrequire example.com/k v0.0.0\n\n" +
		"replace example.com/k => ../\n",
	"inbox/inbox.go": "package inbox\n\nimport _ \"example.com/k\"\n",
	"otel/test/go.mod": "module example.com/k/otel/test\n\ngo 1.26.0\n\nrequire example.com/k/inbox v0.0.0\n\n" +
		"require example.com/k v0.0.0 // indirect\n\n" +
		"replace (\n\texample.com/k => ../../\n\texample.com/k/inbox => ../../inbox\n)\n",
	"cmd/k/go.mod": "module example.com/k/cmd/k\n\ngo 1.26.0\n\nrequire example.com/k/inbox v0.0.0\n\n" +
		"require example.com/k v0.0.0 // indirect\n",
	"cmd/k/main.go": "package main\n\nimport _ \"example.com/k/inbox\"\n\nfunc main() {}\n",
	"examples/go.mod": "module example.com/k/examples\n\ngo 1.26.0\n\nrequire example.com/k v0.0.0\n\n" +
		"replace example.com/k => ../\n",
	"examples/quick/main.go": "package main\n\nimport _ \"example.com/k\"\n\nfunc main() {}\n",
}

func TestTagsComeAfterTheTagsOfWhatTheyRequire(t *testing.T) {
	t.Parallel()
	tags, err := release.Prepare(write(t, workspace), "v0.3.0")
	want := []string{"v0.3.0", "inbox/v0.3.0", "cmd/k/v0.3.0"}
	if err != nil || !slices.Equal(tags, want) {
		t.Errorf("got %v, %v; want %v", tags, err, want)
	}
}

func TestEveryModuleRequiresTheOthersAtTheVersion(t *testing.T) {
	t.Parallel()
	root := write(t, workspace)
	for _, version := range []string{"v0.3.0", "v0.3.0", "v0.4.0"} {
		if _, err := release.Prepare(root, version); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"inbox/go.mod", "otel/test/go.mod", "cmd/k/go.mod", "examples/go.mod"} {
			mod, err := modfile.Parse(name, []byte(read(t, root, name)), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range mod.Require {
				if r.Mod.Version != version {
					t.Errorf("%s requires %s", name, r.Mod)
				}
			}
		}
	}
}

func TestReplacementsInGoWorkMoveToTheVersion(t *testing.T) {
	t.Parallel()
	root := write(t, workspace)
	for _, version := range []string{"v0.3.0", "v0.3.0", "v0.4.0"} {
		if _, err := release.Prepare(root, version); err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(workspace["go.work"], "v0.0.0", version)
		if got := read(t, root, "go.work"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestThePreparedTreeBuildsBeforeItIsPublished(t *testing.T) {
	t.Parallel()
	root := write(t, workspace)
	if _, err := release.Prepare(root, "v0.3.0"); err != nil {
		t.Fatal(err)
	}
	build(t, root, "GOWORK=", "work")
	build(t, filepath.Join(root, "inbox"), "GOWORK=off", "./...")
	build(t, filepath.Join(root, "examples"), "GOWORK=off", "./...")
}

func TestWhatCannotBePublishedIsRefusedAndNothingWritten(t *testing.T) {
	t.Parallel()
	replacing := map[string]string{"cmd/k/go.mod": workspace["inbox/go.mod"]}
	replacing["cmd/k/go.mod"] = strings.Replace(replacing["cmd/k/go.mod"], "k/inbox", "k/cmd/k", 1)
	for name, c := range map[string]struct {
		version string
		change  map[string]string
		say     string
	}{
		"no version":              {version: "0.3.0", say: "v1.2.3"},
		"a version without end":   {version: "v0.3", say: "v1.2.3"},
		"a major without path":    {version: "v2.0.0", say: "v0 or v1"},
		"a command that replaces": {version: "v0.3.0", change: replacing, say: "go install refuses"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := write(t, workspace, c.change)
			before := read(t, root, "inbox/go.mod")
			_, err := release.Prepare(root, c.version)
			if err == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("got %v, want %q", err, c.say)
			}
			if read(t, root, "inbox/go.mod") != before {
				t.Error("a file was written")
			}
		})
	}
}

func write(t *testing.T, trees ...map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for _, tree := range trees {
		for name, text := range tree {
			name = filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

func read(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func build(t *testing.T, dir, work, what string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", os.DevNull, what)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), work, "GOPROXY=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go build %s in %s: %v\n%s", what, dir, err, out)
	}
}
