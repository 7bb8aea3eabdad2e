// Package knock executes actions against the API of Knock, https://knock.app.
//
// New makes an executor that speaks HTTP by itself:
//
//	executor, err := knock.New(knock.Config{APIKey: os.Getenv("KNOCK_API_KEY")})
//
// FromSDK makes one that goes through the Go SDK client that a host already has.
//
// Each action becomes one call of the API (Render shows which), more if Knock's
// limits on recipients ask for it. Calls wait for their turn under Knock's rate
// limits, are repeated with growing pauses while the failure is temporary and
// the caller's deadline allows, and end in a *Error that says what Knock
// answered. Everything that Knock is asked to do twice ends as if asked once:
// entities and subscriptions are written whole, what is gone counts as deleted,
// and triggers carry an idempotency key. What Knock is known to refuse is refused
// before it is sent, and a number where Knock wants text, as for IDs and keys, becomes
// its digits.
//
// Package knocktest has an API to test against.
package knock
