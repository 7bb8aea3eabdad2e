// Package snippets makes Go files of the Go blocks in a Markdown text.
package snippets

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Block is one fenced block of Go.
type Block struct {
	Line int    // of its first line of code, from 1
	Text string // the code, with what it imports blanked out
	// Imports are the block's own, by the name that code uses.
	Imports Packages
}

// Packages has import paths by the name of the package.
type Packages map[string]string

var imports = regexp.MustCompile(`(?ms)^import \(.*?^\)|^import [^(\n]+`)

// Blocks returns the Go blocks of a Markdown text.
func Blocks(markdown string) ([]Block, error) {
	var found []Block
	var block *Block
	for i, line := range strings.SplitAfter(markdown, "\n") {
		switch fence := strings.TrimSpace(line); {
		case block == nil && fence == "```go":
			block = &Block{Line: i + 2}
		case block != nil && fence == "```":
			if err := block.takeImports(); err != nil {
				return nil, err
			}
			found = append(found, *block)
			block = nil
		case block != nil:
			block.Text += line
		}
	}
	return found, nil
}

// Lines stay where they are, so that the compiler's line is the Markdown's.
func (b *Block) takeImports() error {
	b.Imports = Packages{}
	if b.program() {
		return nil
	}
	for _, text := range imports.FindAllString(b.Text, -1) {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			b.Imports.add(spec)
		}
	}
	b.Text = imports.ReplaceAllStringFunc(b.Text, func(text string) string {
		return strings.Repeat("\n", strings.Count(text, "\n"))
	})
	return nil
}

func (b *Block) program() bool { return strings.HasPrefix(strings.TrimSpace(b.Text), "package ") }

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

func (p Packages) add(spec *ast.ImportSpec) {
	imported, _ := strconv.Unquote(spec.Path.Value)
	name := path.Base(imported)
	if majorVersion.MatchString(name) {
		name = path.Base(path.Dir(imported))
	}
	if spec.Name != nil {
		name = spec.Name.Name
	}
	p[name] = imported
}

// ImportAll returns a Go file that imports every package and uses none.
func (p Packages) ImportAll() string {
	text := "package every\n\n"
	for _, imported := range slices.Sorted(maps.Values(p)) {
		text += "import _ " + strconv.Quote(imported) + "\n"
	}
	return text
}
