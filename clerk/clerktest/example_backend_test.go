package clerktest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// An instance that changes while it is read: a user is gone after the first page.
func ExampleBackend() {
	backend := clerktest.NewBackend(clerktest.BackendConfig{})
	backend.Populate(clerktest.Population{Users: 3})
	server := httptest.NewServer(backend)
	defer server.Close()

	list := func(query string) {
		request, _ := http.NewRequest("GET", server.URL+"/v1/users?"+query, nil)
		request.Header.Set("Authorization", "Bearer sk_test_1")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		fmt.Println(response.StatusCode, len(body) > 100)
	}
	list("order_by=created_at&limit=1")
	backend.Delete("user_0000000")
	list("order_by=created_at&limit=1&starting_after=user_0000000")
	list("order_by=created_at&limit=1&starting_after=user_0000001")
	// Output:
	// 200 true
	// 422 true
	// 200 true
}
