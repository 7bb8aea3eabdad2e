package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// holds says what Knock now has of what a call to the path was about.
func (e *emulator) holds(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/v1/"), "/")
	if e == nil || len(parts) < 2 {
		return "see " + path + " there"
	}
	for i, part := range parts {
		parts[i], _ = url.PathUnescape(part)
	}
	switch kind, id := parts[0], parts[1]; kind {
	case "users":
		u, _ := e.api.User(id)
		return "user " + describe(u.Properties, "name", "email", "phone_number")
	case "tenants":
		t, _ := e.api.Tenant(id)
		return "tenant " + describe(t.Properties, "name", "slug")
	case "objects":
		return e.members(parts[2])
	default:
		return e.runs(id)
	}
}

func (e *emulator) members(tenant string) string {
	subscriptions := e.api.Subscriptions(knocktest.TenantsCollection, tenant)
	if len(subscriptions) == 0 {
		return "the tenant has no members"
	}
	first := subscriptions[0]
	return fmt.Sprintf("%s is a member, %s", first.Recipient.ID, describe(first.Properties, "role"))
}

// runs says for whom the workflow was last triggered.
func (e *emulator) runs(workflow string) string {
	var ids []string
	for _, trigger := range e.api.Triggers() {
		if trigger.Workflow == workflow {
			ids = nil
			for _, run := range trigger.Runs {
				ids = append(ids, run.ID)
			}
		}
	}
	return fmt.Sprintf("workflow %s runs for %s", workflow, strings.Join(ids, ", "))
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
