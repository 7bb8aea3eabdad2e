// Command capacity works out what a large tenant costs in calls of Knock's API
// and in time: a year of ten million users, the hours in which everything comes
// at once, from when on bulk calls are worth it, and what a backfill costs.
//
//	go run ./examples/capacity
//	go run ./examples/capacity -users 250000
//
// It sends nothing. The rates of a user's life are assumptions, at the top of
// year.go; the limits are Knock's. Put in your own numbers and run it again.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

func main() {
	users := flag.Int("users", 10_000_000, "how many users there are")
	flag.Parse()
	if err := run(os.Stdout, *users); err != nil {
		fmt.Fprintln(os.Stderr, "capacity:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, users int) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "A year of %s users\n\n", grouped(users))
	printYear(w, users)
	fmt.Fprint(w, "\nWhen everything comes at once: backlog of calls by the hour\n\n")
	printBursts(w, bursts(users))
	fmt.Fprint(w, "\nOne call for each user, or bulk calls of 1,000\n\n")
	printBulk(w, users)
	fmt.Fprint(w, "\nFilling in who is there already, with package backfill\n\n")
	printBackfill(w)
	return w.Flush()
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// short writes a time to the two units that matter.
func short(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d > year:
		return "never"
	case d == 0:
		return "0"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd %02dh", int(d.Hours())/24, int(d.Hours())%24)
}
