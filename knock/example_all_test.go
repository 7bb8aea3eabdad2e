package knock_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// A thousand users are one request.
func ExampleExecutor_ExecuteAll() {
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	defer server.Close()
	executor, err := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: server.URL})
	if err != nil {
		fmt.Println(err)
	}
	var all []clerkknock.Invocation
	for i := range 1000 {
		action := clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": fmt.Sprint("user_", i)})
		all = append(all, clerkknock.Invocation{Action: action})
	}
	for _, err := range executor.ExecuteAll(context.Background(), all) {
		if err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(len(api.Users()), "users by", api.Requests()[0].Path)
	// Output:
	// 1000 users by /v1/users/bulk/identify
}
