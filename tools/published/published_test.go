// Package published_test installs the modules of this tree as if they were
// published, in a host outside of it.
package published_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/module"

	"github.com/clerkknock/clerkknock/tools/internal/modproxy"
	"github.com/clerkknock/clerkknock/tools/internal/release"
	"github.com/clerkknock/clerkknock/tools/internal/snippets"
)

const version = "v0.99.0"

func TestANewHostBuildsWithEveryModuleAndSnippet(t *testing.T) {
	t.Parallel()
	tree := copyOfTree(t)
	if _, err := release.Prepare(tree, version); err != nil {
		t.Fatal(err)
	}
	modules, err := release.Modules(tree)
	if err != nil {
		t.Fatal(err)
	}

	proxy := t.TempDir()
	ours, commands := snippets.Packages{}, []string{}
	get := []string{"get"}
	for _, m := range modules {
		if !m.Published() {
			continue
		}
		dir := filepath.Join(tree, m.Dir)
		if err := modproxy.Add(proxy, module.Version{Path: m.Path, Version: version}, dir); err != nil {
			t.Fatal(err)
		}
		addPackages(t, ours, m.Path, dir)
		if command, err := m.Command(tree); err != nil {
			t.Fatal(err)
		} else if command {
			commands = append(commands, m.Path)
		} else {
			get = append(get, m.Path) // as the README has it: the latest
		}
	}

	host := newHost(t, proxy)
	host.write("every/package.go", ours.ImportAll())
	known := standardLibrary(t)
	for name, path := range ours {
		known[name] = path
	}
	for _, document := range documents(t, tree) {
		host.writeSnippets(tree, document, known)
	}
	host.run(get...)
	host.run("build", "-o", os.DevNull, "./...")
	for _, command := range commands {
		host.run("install", command+"@latest")
	}
	// A module that requires a wrong version of another may get away with it
	// where the host requires both.
	for _, m := range get[1:] {
		alone := host.another()
		alone.run("get", m)
		alone.run("list", "-m", "all")
	}
}
