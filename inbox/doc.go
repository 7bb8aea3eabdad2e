// Package inbox stores deliveries durably before they are processed, so that
// Clerk has its answer in milliseconds and nothing is lost when Knock, the
// network or the process itself goes down. It queues with River
// (https://riverqueue.com) in a database that needs no server of its own,
// SQLite, or in PostgreSQL, which several machines can share.
//
// Open one with package inbox/sqlite or inbox/postgres:
//
//	box, err := sqlite.Open(ctx, "clerk.db", inbox.Config{})
//	src, err := clerkknock.New(clerkknock.Config{
//		SigningSecrets: secrets,
//		Executor:       executor,
//		Inbox:          box,
//		Observers:      []clerkknock.Observer{box.EventLog()},
//	})
//	err = box.Start(ctx, src.Process)
//	defer box.Close()
//
// # What it guarantees
//
// A delivery whose Put returned nil is on disk. It is worked on until it is
// done or dead: what fails for now is retried over more than a day, what fails
// for good is dead at once, and a dead delivery is kept with its error until it
// is replayed or its retention ends. A crash can make a step run twice, with
// the same idempotency key; it cannot make one run never.
//
// Deliveries of one entity are not worked on at the same time, by no two
// workers and no two machines: a Source takes the Ledger of its inbox, unless its
// Config has another. A worker that was suspended for longer than its claim lasts asks
// before it sends. What it has sent nevertheless may land late; then the newest event
// is applied again, and a line is logged at ERROR.
//
// # What is not done
//
// [Inbox.Letters] lists what is waiting, running, retrying or dead, and [Inbox.Dead] the
// dead alone. [Inbox.Replay] gives a dead delivery all its attempts again, [Inbox.Hurry]
// makes one due that waits for its next attempt, and [Inbox.Discard] throws one away,
// but remembers that it has come. Each has a namesake for all that a [Filter] selects.
// What is running is left alone: a [*StateError] says so.
//
// # Personal data
//
// What is stored is encrypted if [Config].Keys has a key, and [Inbox.Reencrypt] brings what
// is stored under another one under the first. [Inbox.Erase] removes what is stored of a
// person. See docs/data.md.
package inbox
