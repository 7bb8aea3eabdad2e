package main

import (
	"context"
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
)

// story is the events that are played, in the order in which they happen.
var story = []string{
	string(clerk.UserCreated), string(clerk.SessionCreated),
	string(clerk.OrganizationCreated), string(clerk.OrganizationMembershipCreated),
	string(clerk.UserUpdated), string(clerk.OrganizationUpdated),
	string(clerk.OrganizationMembershipDeleted), string(clerk.UserDeleted),
}

// play sends the events of the story, each when the one before it is done. One that
// did not succeed is an error.
func play(ctx context.Context, s settings, done *reports) error {
	failed := 0
	for i, eventType := range story {
		id := fmt.Sprintf("msg_quickstart_%d_%d", time.Now().UnixMilli(), i)
		expected := done.expect(id)
		err := post(ctx, s, id, eventType)
		var report clerkknock.Report
		if err == nil {
			report, err = await(ctx, expected)
		}
		switch {
		case ctx.Err() != nil:
			return nil // interrupted
		case err != nil:
			return fmt.Errorf("%s: %w", eventType, err)
		case report.Outcome != clerkknock.OutcomeSucceeded:
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d events failed", failed, len(story))
	}
	return nil
}
