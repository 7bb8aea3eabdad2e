package main

import (
	"fmt"
	"io"
	"time"
)

const (
	// patience is how long Svix retries a delivery that is not accepted. Without
	// an inbox nothing may wait for longer.
	patience = 27*time.Hour + 35*time.Minute
	// soon is what a person still waits for.
	soon = 10 * time.Minute
)

// printBulk compares one call for each user with calls of a thousand, up to so many
// users.
func printBulk(w io.Writer, most int) {
	fmt.Fprint(w, "users\tone by one\tin bulk\twhat to do\t\n")
	for _, users := range []int{1_000, 10_000, 36_000, 100_000, 1_000_000, 5_900_000, most} {
		if users > most {
			continue
		}
		one := queue(users, writesPerSecond)
		bulk := queue((users+bulkSize-1)/bulkSize, bulkPerSecond)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", grouped(users), short(one), short(bulk), advice(one))
	}
	fmt.Fprint(w, "\nclerkknock makes a call for each event. "+
		"Package backfill makes the bulk calls, before an import is worked off as events.\n")
	fmt.Fprintf(w, "\nWithout an inbox at most %s calls can wait: Svix gives a delivery up after %s.\n",
		grouped(int(patience.Seconds())*writesPerSecond), short(patience))
}

func advice(oneByOne time.Duration) string {
	switch {
	case oneByOne <= soon:
		return "let the events come"
	case oneByOne <= patience:
		return "bulk, or an inbox and patience"
	}
	return "bulk"
}
