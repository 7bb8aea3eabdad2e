package knocktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// call stands for the client that is tested.
func call(method, url, body string) string {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Authorization", "Bearer sk_test_123")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "welcome-user_1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "no answer"
	}
	defer resp.Body.Close()
	return resp.Status
}

func Example() {
	api := knocktest.New(knocktest.Config{})
	srv := httptest.NewServer(api)
	defer srv.Close()

	fmt.Println(call("PUT", srv.URL+"/v1/users/user_1", `{"name":"Ada","email":"ada@example.com"}`))
	fmt.Println(call("PUT", srv.URL+"/v1/users/user_1", `{"email":null}`))
	fmt.Println(call("POST", srv.URL+"/v1/workflows/welcome/trigger", `{"recipients":["user_1","user_2"]}`))

	user, _ := api.User("user_1")
	fmt.Println(user.Properties["name"], user.Properties["email"])
	for _, t := range api.Triggers() {
		fmt.Println(t.Workflow, "runs for", t.Runs, "and not for", t.Unresolved)
	}
	// Output:
	// 200 OK
	// 200 OK
	// 200 OK
	// Ada <nil>
	// welcome runs for [user_1] and not for [user_2]
}

// The worst case of a retry: the workflow was triggered, but the answer was lost.
func ExampleAPI_Fail() {
	api := knocktest.New(knocktest.Config{})
	srv := httptest.NewServer(api)
	defer srv.Close()
	api.Fail(knocktest.Fault{Path: "/v1/workflows/*/trigger", Times: 1, AfterEffect: true, Status: 504})

	for range 2 {
		fmt.Println(call("POST", srv.URL+"/v1/workflows/welcome/trigger", `{"recipients":[{"id":"user_1"}]}`))
	}
	fmt.Println(len(api.Requests()), "requests,", len(api.Triggers()), "trigger")
	// Output:
	// 504 Gateway Timeout
	// 200 OK
	// 2 requests, 1 trigger
}

func ExampleAPI_Snapshot() {
	api := knocktest.New(knocktest.Config{})
	srv := httptest.NewServer(api)
	defer srv.Close()
	call("PUT", srv.URL+"/v1/tenants/org_1", `{"name":"Acme"}`)
	call("POST", srv.URL+"/v1/objects/$tenants/org_1/subscriptions",
		`{"recipients":[{"id":"user_1"}],"properties":{"role":"admin"}}`)

	state, err := json.MarshalIndent(api.Snapshot(), "", "  ")
	fmt.Println(string(state), err)
	// Output:
	// {
	//   "users": [
	//     {
	//       "id": "user_1"
	//     }
	//   ],
	//   "tenants": [
	//     {
	//       "id": "org_1",
	//       "name": "Acme"
	//     }
	//   ],
	//   "objects": [],
	//   "subscriptions": [
	//     {
	//       "object": {
	//         "collection": "$tenants",
	//         "id": "org_1"
	//       },
	//       "recipient": "user_1",
	//       "properties": {
	//         "role": "admin"
	//       }
	//     }
	//   ],
	//   "audiences": [],
	//   "triggers": [],
	//   "cancels": []
	// } <nil>
}

// A bulk operation may fail for some of its items, and happen after later calls.
func ExampleAPI_FailItems() {
	api := knocktest.New(knocktest.Config{BulkTakes: func(int) time.Duration { return time.Hour }})
	srv := httptest.NewServer(api)
	defer srv.Close()
	api.FailItems(func(item knocktest.Ref) bool { return item.ID == "user_2" })

	call("POST", srv.URL+"/v1/users/bulk/identify", `{"users":[{"id":"user_1","name":"old"},{"id":"user_2"}]}`)
	call("PUT", srv.URL+"/v1/users/user_1", `{"name":"new"}`)
	for _, user := range api.Users() { // what will have become of all calls
		fmt.Println(user.ID, user.Properties["name"])
	}
	// Output:
	// user_1 old
}
