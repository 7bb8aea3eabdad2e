package clerkapi_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/backfill/clerkapi"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// A Clerk instance with some history, and a Knock that has never heard of it.
func Example() {
	ctx := context.Background()
	instance := clerktest.NewBackend(clerktest.BackendConfig{})
	instance.Populate(clerktest.Population{Users: 1000, Organizations: 10, Memberships: 400})
	clerkServer := httptest.NewServer(instance)
	defer clerkServer.Close()
	api := knocktest.New(knocktest.Config{})
	knockServer := httptest.NewServer(api)
	defer knockServer.Close()
	executor, _ := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: knockServer.URL})
	src, _ := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: executor,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})

	reader, err := clerkapi.New(clerkapi.Config{SecretKey: "sk_test_1", BaseURL: clerkServer.URL + "/v1"})
	if err != nil {
		fmt.Println(err)
	}
	report, err := backfill.Run(ctx, backfill.Config{Source: src}, reader.Read)
	fmt.Print(report)
	fmt.Println(err, len(api.Users()), len(api.Tenants()), len(api.Snapshot().Subscriptions))
	// Output:
	// users: 1000 read, 1000 sent, 0 unchanged, 0 skipped, 0 failed
	// organizations: 10 read, 10 sent, 0 unchanged, 0 skipped, 0 failed
	// memberships: 400 read, 400 sent, 0 unchanged, 0 skipped, 0 failed
	// <nil> 1000 10 400
}
