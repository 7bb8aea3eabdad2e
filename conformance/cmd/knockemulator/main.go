// Command knockemulator serves an emulated Knock environment to the process that started
// it: it prints its URL, and exits when its standard input ends.
package main

import (
	"flag"

	"github.com/clerkknock/clerkknock/conformance/internal/child"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

func main() {
	limits := flag.Bool("rate-limits", false, "enforce Knock's rate limits")
	flag.Parse()
	child.Serve(knocktest.New(knocktest.Config{
		EnforceRateLimits: *limits,
		InactiveWorkflows: []string{"inactive"},
	}))
}
