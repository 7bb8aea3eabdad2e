package release

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Prepare makes every module below root require the others at version, and
// returns the tags to make once that is committed. It may be run again.
func Prepare(root, version string) ([]string, error) {
	if semver.Canonical(version) != version {
		return nil, fmt.Errorf("version %q is not of the form v1.2.3", version)
	}
	modules, err := Modules(root)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, m := range modules {
		if m.Published() {
			tags = append(tags, m.Tag(version))
		}
		if err := m.check(root, version); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
	}
	for _, m := range modules {
		if err := m.require(root, modules, version); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
	}
	return tags, replaceInWork(root, modules, version)
}

func (m Module) check(root, version string) error {
	_, major, _ := module.SplitPathVersion(m.Path)
	if err := module.CheckPathMajor(version, major); err != nil {
		return err
	}
	command, err := m.Command(root)
	if err != nil {
		return err
	}
	if command && len(m.mod.Replace) > 0 {
		return fmt.Errorf("go install refuses a module that replaces others; replace %s in go.work",
			m.mod.Replace[0].Old.Path)
	}
	return nil
}

func (m Module) require(root string, ours []Module, version string) error {
	for _, r := range m.mod.Require {
		if !isOurs(ours, r.Mod.Path) {
			continue
		}
		if err := m.mod.AddRequire(r.Mod.Path, version); err != nil {
			return err
		}
	}
	data, err := m.mod.Format()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, m.Dir, "go.mod"), data, 0o644)
}

// A replacement of a workspace's own module has to name the version, or Go
// refuses it; so it moves with the version.
func replaceInWork(root string, ours []Module, version string) error {
	work, err := readWork(root)
	if err != nil {
		return err
	}
	for _, r := range slices.Clone(work.Replace) {
		if !isOurs(ours, r.Old.Path) {
			continue
		}
		// The new one first, so that it gets the place of the old one.
		if err := work.AddReplace(r.Old.Path, version, r.New.Path, ""); err != nil {
			return err
		}
		if r.Old.Version == version {
			continue
		}
		if err := work.DropReplace(r.Old.Path, r.Old.Version); err != nil {
			return err
		}
	}
	work.Cleanup()
	return os.WriteFile(filepath.Join(root, "go.work"), modfile.Format(work.Syntax), 0o644)
}

func isOurs(ours []Module, path string) bool {
	return slices.ContainsFunc(ours, func(m Module) bool { return m.Path == path })
}
