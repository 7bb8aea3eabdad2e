package clerktest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// get reads a page of a Backend: the ids in it, or the status and code of a refusal.
func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer sk_test_1")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if response.StatusCode != 200 {
		var refusal struct {
			Errors []struct {
				Code string
				Meta struct {
					Param string `json:"param_name"`
				}
			}
		}
		require.NoError(t, json.Unmarshal(body, &refusal))
		text := fmt.Sprint(response.StatusCode, " ", refusal.Errors[0].Code, " ", refusal.Errors[0].Meta.Param)
		return strings.TrimSpace(text + " " + response.Header.Get("Retry-After"))
	}
	type object struct{ ID string }
	var list []object
	if body[0] == '{' {
		page := struct {
			Data  []object
			Total int `json:"total_count"`
		}{}
		require.NoError(t, json.Unmarshal(body, &page))
		list = append(page.Data, object{fmt.Sprint("of ", page.Total)})
	} else {
		require.NoError(t, json.Unmarshal(body, &list))
	}
	ids := []string{}
	for _, o := range list {
		ids = append(ids, strings.TrimLeft(o.ID[strings.Index(o.ID, "_")+1:], "0"))
	}
	return strings.Join(ids, " ")
}

func TestBackendPagesAsClerkDoes(t *testing.T) {
	t.Parallel()
	backend := clerktest.NewBackend(clerktest.BackendConfig{MaxOffset: 100})
	backend.Populate(clerktest.Population{Users: 600, Organizations: 3, Memberships: 7})
	backend.Put(clerktest.User(clerktest.Set("id", "user_1"), clerktest.Set("created_at", 1),
		clerktest.Set("updated_at", 2e12)))
	server := httptest.NewServer(backend)
	t.Cleanup(server.Close)
	for _, row := range []struct{ query, want string }{
		{"users?limit=3", "599 598 597"},
		{"users?limit=3&order_by=created_at", "1  1"},
		{"users?limit=2&order_by=%2Bcreated_at&offset=2", "1 2"},
		{"users?limit=2&order_by=-updated_at", "1 599"},
		{"users?limit=2&order_by=created_at&starting_after=user_0000001", "2 3"},
		{"users?limit=2&order_by=created_at&starting_after=user_0000599", ""},
		{"users?limit=2&starting_after=user_1", "422 form_param_value_invalid starting_after"},
		{"users?order_by=-created_at&starting_after=user_1", "422 form_param_value_invalid starting_after"},
		{"users?order_by=created_at&offset=0&starting_after=user_1", "422 form_param_value_invalid starting_after"},
		{"users?order_by=created_at&starting_after=user_x", "422 form_param_value_invalid starting_after"},
		{"users?limit=501", "599 598 597 596 595 594 593 592 591 590"},
		{"users?limit=0", "422 form_param_format_invalid limit"},
		{"users?offset=-1", "422 form_param_format_invalid offset"},
		{"users?offset=101", "504 timeout offset"},
		{"users?order_by=shoe_size", "422 form_param_value_invalid order_by"},
		{"users?updated_at_after=1", "422 form_param_unknown updated_at_after"},
		{"users?created_at_after=1767225600000&created_at_before=1767225603000", "2 1"},
		{"users?email_address=ada@example.com", "1"},
		{"users?user_id=user_0000005&user_id=user_0000006", "6 5"},
		{"organizations?limit=2", "2 1 of 3"},
		{"organizations?order_by=name&limit=2", " 1 of 3"},
		{"organizations?starting_after=org_1", "422 form_param_unknown starting_after"},
		{"organization_memberships?order_by=created_at", " 1 2 3 4 5 6 of 7"},
		{"organization_memberships?order_by=created_at&offset=5", "5 6 of 7"},
		{"organizations/org_0000001/memberships?order_by=created_at", "3 4 of 2"},
		{"organizations/org_x/memberships", "404 resource_not_found"},
		{"sessions", "404 resource_not_found"},
	} {
		t.Run(row.query, func(t *testing.T) {
			require.Equal(t, row.want, get(t, server.URL+"/v1/"+row.query))
		})
	}
	require.Equal(t, 27, backend.Requests())
}

func TestBackendForgetsWhatBelongsToTheDeleted(t *testing.T) {
	t.Parallel()
	backend := clerktest.NewBackend(clerktest.BackendConfig{})
	backend.Put(clerktest.User(), clerktest.Organization(), clerktest.Membership())
	server := httptest.NewServer(backend)
	t.Cleanup(server.Close)
	require.Contains(t, get(t, server.URL+"/v1/organization_memberships"), "of 1")
	backend.Delete(clerktest.UserID, "user_nobody")
	require.Equal(t, "of 0", get(t, server.URL+"/v1/organization_memberships"))
	require.Empty(t, get(t, server.URL+"/v1/users"))
	require.Contains(t, get(t, server.URL+"/v1/organizations"), "of 1")
	require.Panics(t, func() { backend.Put([]byte(`{"id":"sess_1","object":"session"}`)) })
}

func TestBackendLimitsTheRateAndFails(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	backend := clerktest.NewBackend(clerktest.BackendConfig{RateLimit: 2, Now: func() time.Time { return now }})
	server := httptest.NewServer(backend)
	t.Cleanup(server.Close)
	users := server.URL + "/v1/users"
	require.Empty(t, get(t, users))
	now = now.Add(3500 * time.Millisecond)
	require.Empty(t, get(t, users))
	require.Equal(t, "429 too_many_requests  7", get(t, users))
	now = now.Add(7 * time.Second)
	require.Empty(t, get(t, users))

	stop := backend.Fail(clerktest.BackendFault{Path: "/v1/users", Skip: 1, Times: 1, Status: 503})
	now = now.Add(10 * time.Second)
	require.Empty(t, get(t, users))
	require.Equal(t, "503 fault", get(t, users))
	stop()
	for _, f := range []clerktest.BackendFault{{Reset: true}, {Cut: true}} {
		stop := backend.Fail(f)
		request, err := http.NewRequestWithContext(t.Context(), "GET", users, nil)
		require.NoError(t, err)
		if response, err := http.DefaultClient.Do(request); err == nil {
			_, err = io.ReadAll(response.Body)
			require.Error(t, err)
			require.NoError(t, response.Body.Close())
		}
		stop()
	}
	response, err := http.Get(users)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Contains(t, []int{401, 429}, response.StatusCode)
}
