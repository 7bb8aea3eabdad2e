package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// emulator is a Knock of our own, listening on a port of its own.
type emulator struct {
	api    *knocktest.API
	server *httptest.Server
}

// emulate starts an emulated Knock and points the settings at it, unless they
// name another one; then it returns nil.
func emulate(s *settings) (*emulator, error) {
	if s.apiKey != "" {
		return nil, nil
	}
	api := knocktest.New(knocktest.Config{EnforceRateLimits: true})
	e := &emulator{api: api, server: httptest.NewServer(api)}
	s.apiKey, s.baseURL = "sk_quickstart", e.server.URL
	// The people who are told about deleted users are in Knock already.
	req, err := http.NewRequest(http.MethodPut, e.server.URL+"/v1/users/ops", strings.NewReader(`{"name":"Operations"}`))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.apiKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := e.server.Client().Do(req)
	if err != nil {
		return nil, fmt.Errorf("the emulated Knock does not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the emulated Knock answers %s", resp.Status)
	}
	return e, nil
}

func (e *emulator) Close() {
	if e != nil {
		e.server.Close()
	}
}

// mount shows what Knock holds.
func (e *emulator) mount(mux *http.ServeMux) {
	if e == nil {
		return
	}
	mux.HandleFunc("GET /knock", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(e.api.Snapshot())
	})
}

// holds says what Knock now has of what an event was about.
func (e *emulator) holds(eventType, user, org string) string {
	switch eventType {
	case "user.created", "user.updated":
		u, _ := e.api.User(user)
		return "user " + describe(u.Properties, "name", "email", "phone_number")
	case "organization.created", "organization.updated":
		t, _ := e.api.Tenant(org)
		return "tenant " + describe(t.Properties, "name", "slug")
	case "organizationMembership.created", "organizationMembership.deleted":
		subscriptions := e.api.Subscriptions(knocktest.TenantsCollection, org)
		if len(subscriptions) == 0 {
			return "the tenant has no members"
		}
		first := subscriptions[0]
		return fmt.Sprintf("%s is a member, %s", first.Recipient.ID, describe(first.Properties, "role"))
	}
	triggers := e.api.Triggers()
	if len(triggers) == 0 {
		return "nothing was triggered"
	}
	last := triggers[len(triggers)-1]
	var runs []string
	for _, r := range last.Runs {
		runs = append(runs, r.ID)
	}
	return fmt.Sprintf("workflow %s runs for %s", last.Workflow, strings.Join(runs, ", "))
}

func describe(properties map[string]any, names ...string) string {
	var all []string
	for _, name := range names {
		if v, ok := properties[name]; ok {
			raw, _ := json.Marshal(v)
			all = append(all, name+" "+string(raw))
		}
	}
	return strings.Join(all, ", ")
}
