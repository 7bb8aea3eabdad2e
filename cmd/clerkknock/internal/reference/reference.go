// Package reference writes the page of documentation about the commands, from what the
// commands say of themselves.
package reference

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Markdown is the page.
func Markdown(root *cobra.Command) string {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	b.WriteString("# The command line\n\n")
	b.WriteString("Written by `go test ./cmd/clerkknock -run Reference -update` from what the commands say of " +
		"themselves.\n\n")
	b.WriteString("```sh\ngo install github.com/clerkknock/clerkknock/cmd/clerkknock@latest\n```\n\n")
	b.WriteString("| command | |\n| --- | --- |\n")
	each(root, func(c *cobra.Command) {
		if c != root && !c.HasSubCommands() {
			fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", name(c), anchor(c), c.Short)
		}
	})
	each(root, func(c *cobra.Command) { section(&b, c) })
	return b.String()
}

// each visits a command and all below it, in the order in which help lists them.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	if c.Name() == "help" || c.Hidden {
		return
	}
	visit(c)
	if c.Name() == "completion" {
		return // one shell's command is like the other's
	}
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}

// name is the command as it is typed, without the program.
func name(c *cobra.Command) string {
	if c.HasParent() {
		return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
	}
	return c.Name()
}

// anchor is the link to a command's section.
func anchor(c *cobra.Command) string { return strings.ReplaceAll(name(c), " ", "-") }

func section(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n", name(c))
	if c.Runnable() && c.HasParent() && !c.HasSubCommands() {
		fmt.Fprintf(b, "```text\n%s\n```\n\n", c.UseLine())
	}
	long := c.Long
	if long == "" {
		long = c.Short + "."
	}
	if c.Name() == "completion" {
		long = "Completion prints a script for bash, zsh, fish or powershell: `source <(clerkknock completion bash)`."
	}
	prose(b, long)
	if c.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", unindented(c.Example))
	}
	flags(b, c.NonInheritedFlags())
}

// prose writes the text of help, whose indented parts are as they are typed.
func prose(b *strings.Builder, text string) {
	fenced := false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		indented := strings.HasPrefix(line, "  ")
		if indented != fenced {
			b.WriteString(map[bool]string{true: "```text\n", false: "```\n"}[indented])
			if !indented && line != "" {
				b.WriteString("\n")
			}
			fenced = indented
		}
		b.WriteString(strings.TrimPrefix(line, "  ") + "\n")
	}
	if fenced {
		b.WriteString("```\n")
	}
}

func unindented(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}

// flags writes a table of flags, but for help, which every command has.
func flags(b *strings.Builder, all *pflag.FlagSet) {
	begun := false
	all.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		if !begun {
			b.WriteString("\n| flag | default | |\n| --- | --- | --- |\n")
			begun = true
		}
		short := ""
		if f.Shorthand != "" {
			short = ", `-" + f.Shorthand + "`"
		}
		byDefault := ""
		if f.DefValue != "" && f.DefValue != "[]" && f.DefValue != "false" {
			byDefault = "`" + strings.Trim(f.DefValue, "[]") + "`"
		}
		fmt.Fprintf(b, "| `--%s`%s | %s | %s |\n", f.Name, short, byDefault, strings.ReplaceAll(f.Usage, "|", `\|`))
	})
}
