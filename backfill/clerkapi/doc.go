// Package clerkapi reads the users, organizations and memberships of a Clerk instance by
// its Backend API, for package backfill:
//
//	reader, err := clerkapi.New(clerkapi.Config{SecretKey: os.Getenv("CLERK_SECRET_KEY")})
//	report, err := backfill.Run(ctx, backfill.Config{Source: src}, reader.Read)
//
// It goes through the transport of Clerk's own SDK, github.com/clerk/clerk-sdk-go/v2, and
// keeps what Clerk answers as it is: every field is there, also those that the SDK does not
// know. Pages have 500 objects. An instance may change while it is read: nobody is lost or
// comes twice.
package clerkapi
