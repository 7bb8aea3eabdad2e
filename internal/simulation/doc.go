// Package simulation has no code of its own, only a test: Svix delivering the
// events of a small Clerk instance to a Source in front of a Knock that fails,
// on a fake clock, over and over with other random numbers.
//
//	go test ./internal/simulation -v -seeds 10000    # more runs
//	go test ./internal/simulation -v -seed 42        # one run again
package simulation
