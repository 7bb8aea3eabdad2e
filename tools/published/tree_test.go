package published_test

import (
	"go/build"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/tools/internal/snippets"
)

// copyOfTree leaves out what Git ignores, as a tag would.
func copyOfTree(t *testing.T) string {
	t.Helper()
	root := filepath.Join("..", "..")
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	for name := range strings.SplitSeq(strings.Trim(string(names), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, but not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// addPackages adds what a host can import from the module in dir.
func addPackages(t *testing.T, packages snippets.Packages, module, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if base := entry.Name(); base == "internal" || base == "testdata" || name != dir && isModule(name) {
			return filepath.SkipDir
		}
		below, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if p, err := build.ImportDir(name, 0); err == nil && p.Name != "main" {
			packages[p.Name] = path.Join(module, filepath.ToSlash(below))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func standardLibrary(t *testing.T) snippets.Packages {
	t.Helper()
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := snippets.Packages{}
	for imported := range strings.FieldsSeq(string(out)) {
		if !strings.Contains(imported, "internal") && !strings.HasPrefix(imported, "vendor/") {
			packages[path.Base(imported)] = imported
		}
	}
	return packages
}
