// Package backfill brings to Knock the users, organizations and memberships that a Clerk
// instance had before its webhooks were received, or while they were not.
//
//	reader, err := clerkapi.New(clerkapi.Config{SecretKey: os.Getenv("CLERK_SECRET_KEY")})
//	report, err := backfill.Run(ctx, backfill.Config{Source: src}, reader.Read)
//	fmt.Println(report)
//
// There is no second mapping. Each record goes through the Source's own as the event that
// made it, user.created and its like, with the same ledger: what a step skips, leaves out
// or fails with is what it would in a delivery. Workflows are not triggered and handlers
// not run, unless the Config asks for them.
//
// # Beside live traffic
//
// A run may go on while webhooks arrive. The ledger orders both: a record counts as what
// happened at its updated_at. As long as the bulk call with a record is under way the run
// holds the claim on its entity, and an event about the same user waits for some seconds;
// see the comment in batch.go for why. This holds as far as both share the Ledger, and a
// run that was killed is gone on with: its last bulk calls may land after it has ended, and
// the next run sends again, freshly read, what was not finished.
//
// # How it ends
//
// Knock is told everything at least once. A run that ends early goes on where its
// Checkpoint says; what was under way, at most Config.InFlight records and the rest of their
// first page, comes again, which changes nothing in Knock. A Report counts what has become of
// every record, and names the reasons.
package backfill
