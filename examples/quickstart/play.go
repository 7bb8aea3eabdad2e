package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// story is the events that are played, in the order in which they happen.
var story = []string{
	string(clerk.UserCreated), string(clerk.UserUpdated), string(clerk.SessionCreated),
	string(clerk.OrganizationCreated), string(clerk.OrganizationUpdated),
	string(clerk.OrganizationMembershipCreated), string(clerk.OrganizationMembershipDeleted),
	string(clerk.UserDeleted),
}

// play does what Clerk does: it posts signed events, and prints what came of
// each. An event that did not succeed is an error.
func play(ctx context.Context, out io.Writer, url, secret string, done *reports, e *emulator) error {
	user, org, err := people()
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "EVENT\tACTION\tRESULT\tKNOCK NOW HOLDS")
	failed := 0
	for i, eventType := range story {
		id := fmt.Sprintf("msg_quickstart_%d_%d", time.Now().UnixMilli(), i)
		expected := done.expect(id)
		status, err := post(ctx, url, secret, id, eventType)
		if err != nil {
			return fmt.Errorf("%s: %w", eventType, err)
		}
		report, err := await(ctx, expected)
		if err != nil {
			return fmt.Errorf("%s: %w", eventType, err)
		}
		holds := "(see the Knock at KNOCK_BASE_URL)"
		if e != nil {
			holds = e.holds(eventType, user, org)
		}
		for _, step := range report.Steps {
			fmt.Fprintf(table, "%s\t%s\t%d %s\t%s\n", eventType, step.Action, status, step.Status, holds)
		}
		if report.Outcome != clerkknock.OutcomeSucceeded {
			failed++
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d events failed", failed, len(story))
	}
	return nil
}

// post sends one event, dated now: the story is told anew each time, and what
// happens in it is newer than what the inbox remembers.
func post(ctx context.Context, url, secret, id, eventType string) (int, error) {
	now := time.Now()
	body := clerktest.Event(eventType,
		clerktest.Set("timestamp", now.UnixMilli()), clerktest.Set("data.updated_at", now.UnixMilli()))
	secret = "whsec_" + strings.TrimPrefix(secret, "whsec_")
	req := clerktest.NewRequest(url, secret, id, now, body).WithContext(ctx)
	req.RequestURI = "" // a request for a client has none
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return 0, errors.New("answered " + resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// people are the IDs of the user and the organization of the story.
func people() (user, org string, err error) {
	e, err := clerk.Parse(clerktest.Event(string(clerk.OrganizationMembershipCreated)))
	if err != nil {
		return "", "", err
	}
	m, err := clerk.Decode(e, clerk.OrganizationMembershipCreated)
	if err != nil {
		return "", "", err
	}
	return m.Data.PublicUserData.UserID, m.Data.Organization.ID, nil
}
