// Release prepares a version of every published module and prints the tags to
// make, in order. docs/releasing.md tells when to run it.
package main

import (
	"fmt"
	"os"

	"github.com/clerkknock/clerkknock/tools/internal/release"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage, in tools: GOWORK=off go run ./release v1.2.3")
		os.Exit(2)
	}
	tags, err := release.Prepare("..", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
	for _, tag := range tags {
		fmt.Println(tag)
	}
}
