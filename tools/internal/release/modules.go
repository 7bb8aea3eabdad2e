// Package release prepares a version of every module in the workspace.
package release

import (
	"errors"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
)

// Module is a module of the workspace.
type Module struct {
	Path string // as imported
	Dir  string // below the root, with slashes; "." for the root
	mod  *modfile.File
}

// Published tells whether the module gets a tag. Examples are run from the tree.
func (m Module) Published() bool { return !slices.Contains(ours, m.Dir) }

// ours are the modules that only those who work on the project need.
var ours = []string{"examples", "console/browsertest", "otel/test"}

// Tag is the name of the Git tag by which Go finds the version.
func (m Module) Tag(version string) string { return path.Join(m.Dir, version) }

// Command tells whether people install the module as a program.
func (m Module) Command(root string) (bool, error) {
	p, err := build.ImportDir(filepath.Join(root, m.Dir), 0)
	if _, none := errors.AsType[*build.NoGoError](err); none {
		return false, nil
	}
	return err == nil && p.Name == "main", err
}

// Modules returns the modules that go.work lists, each after those that it
// requires: tags that are pushed in this order never name a missing version.
func Modules(root string) ([]Module, error) {
	work, err := readWork(root)
	if err != nil {
		return nil, err
	}
	found := map[string]Module{}
	var paths []string
	for _, use := range work.Use {
		name := filepath.Join(root, use.Path, "go.mod")
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		mod, err := modfile.Parse(name, data, nil)
		if err != nil {
			return nil, err
		}
		p := mod.Module.Mod.Path
		found[p] = Module{Path: p, Dir: path.Clean(use.Path), mod: mod}
		paths = append(paths, p)
	}
	var sorted []Module
	done := map[string]bool{}
	var visit func(string)
	visit = func(p string) {
		m, known := found[p]
		if !known || done[p] {
			return
		}
		done[p] = true
		for _, r := range m.mod.Require {
			visit(r.Mod.Path)
		}
		sorted = append(sorted, m)
	}
	for _, p := range paths {
		visit(p)
	}
	return sorted, nil
}

func readWork(root string) (*modfile.WorkFile, error) {
	name := filepath.Join(root, "go.work")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.ParseWork(name, data, nil)
}
