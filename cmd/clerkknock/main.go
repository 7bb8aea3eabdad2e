// Command clerkknock takes Clerk's webhooks and runs them against Knock: the library of
// the same name as a program, and what helps to try, to check and to run it.
//
//	go install github.com/clerkknock/clerkknock/cmd/clerkknock@latest
//	clerkknock help
//
// docs/cli.md has every command.
package main

import (
	"os"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/command"
)

func main() { os.Exit(command.Main()) }
