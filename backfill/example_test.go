package backfill_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// Records may come from anywhere: from an export, say. What fails is written to a file.
func Example() {
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	defer server.Close()
	executor, _ := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: server.URL})
	src, _ := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: executor, Logger: quiet,
	})

	exported := func(yield func(backfill.Record, error) bool) {
		for _, r := range []backfill.Record{
			{Kind: backfill.User, Data: clerktest.User()},
			{Kind: backfill.User, Data: clerktest.User(clerktest.Set("id", nil), clerktest.Set("external_id", nil))},
			{Kind: backfill.User, Data: []byte("[]")},
			{Kind: backfill.Organization, Data: clerktest.Organization()},
			{Kind: backfill.Membership, Data: clerktest.Membership()},
		} {
			if !yield(r, nil) {
				return
			}
		}
	}
	failed := json.NewEncoder(os.Stdout)
	report, err := backfill.Run(context.Background(), backfill.Config{
		Source: src,
		OnResult: func(r backfill.Result) {
			if r.Outcome == backfill.Failed {
				_ = failed.Encode(r)
			}
		},
	}, backfill.From(exported))
	fmt.Print(report)
	fmt.Println(err, len(api.Users()), len(api.Tenants()))
	// Output:
	// {"kind":"user","id":"","outcome":"failed","reason":"the data of a record (user) is no JSON object"}
	// users: 3 read, 1 sent, 0 unchanged, 1 skipped, 1 failed
	//   1: step user.created:users_identify: parameter "id" resolves to nothing
	//   1: the data of a record (user) is no JSON object
	// organizations: 1 read, 1 sent, 0 unchanged, 0 skipped, 0 failed
	// memberships: 1 read, 1 sent, 0 unchanged, 0 skipped, 0 failed
	// <nil> 1 1
}

// A dry run shows what would be sent.
func ExampleConfig_dryRun() {
	src, _ := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: clerkknock.DryRun(quiet), Logger: quiet,
	})
	users := func(yield func(backfill.Record, error) bool) {
		yield(backfill.Record{Kind: backfill.User, Data: clerktest.User()}, nil)
	}
	report, err := backfill.Run(context.Background(), backfill.Config{Source: src, DryRun: true}, backfill.From(users))
	fmt.Println(err, report.Kinds[backfill.User].Sent)
	for _, step := range report.Examples[0].Steps {
		fmt.Println(step.ID, step.Action.Text("email"))
	}
	// Output:
	// <nil> 1
	// user.created:users_identify ada@example.com
}
