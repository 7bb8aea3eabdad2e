package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// playCase is something that happens to a user, to be looked at in the console.
type playCase struct {
	Name, Title string
	play        func(ctx context.Context, p *player, user string) error
}

var cases = []playCase{
	{"new", "A new user", func(ctx context.Context, p *player, user string) error {
		return p.post(ctx, newID(), clerk.UserCreated, user, time.Now())
	}},
	{"twice", "The same delivery twice", func(ctx context.Context, p *player, user string) error {
		id, at := newID(), time.Now()
		if err := p.done(ctx, id, clerk.UserCreated, user, at); err != nil {
			return err
		}
		return p.post(ctx, id, clerk.UserCreated, user, at)
	}},
	{"late", "An older event after a newer one", func(ctx context.Context, p *player, user string) error {
		if err := p.done(ctx, newID(), clerk.UserUpdated, user, time.Now()); err != nil {
			return err
		}
		return p.post(ctx, newID(), clerk.UserUpdated, user, time.Now().Add(-time.Minute))
	}},
	{"forged", "A wrong signature", func(ctx context.Context, p *player, user string) error {
		key := "whsec_" + rand.Text() + rand.Text()[:6]
		status, err := deliver(ctx, p.addr, key, newID(), time.Now(), event(clerk.UserCreated, user, time.Now()))
		if err == nil && status != http.StatusUnauthorized {
			return fmt.Errorf("answered %d", status)
		}
		return err
	}},
	{"down", "Knock is down for a moment", func(ctx context.Context, p *player, user string) error {
		p.knock.api.Fail(knocktest.Fault{Path: "/v1/users/" + user, Status: http.StatusServiceUnavailable, Times: 4})
		return p.post(ctx, newID(), clerk.UserCreated, user, time.Now())
	}},
	{"refused", "Knock refuses the user", func(ctx context.Context, p *player, user string) error {
		p.knock.api.Fail(knocktest.Fault{Path: "/v1/users/" + user, Status: http.StatusUnprocessableEntity, Times: 1})
		return p.post(ctx, newID(), clerk.UserCreated, user, time.Now())
	}},
	{"missing", "A sign-in that does not carry its user", func(ctx context.Context, p *player, user string) error {
		return p.post(ctx, newID(), clerk.SessionCreated, user, time.Now(), clerktest.Set("data.id", "sess_"+rand.Text()),
			clerktest.Set("data.user_id", user), clerktest.Delete("data.user"))
	}},
	{"inactive", "Somebody joins the waitlist", func(ctx context.Context, p *player, user string) error {
		return p.post(ctx, newID(), clerk.WaitlistEntryCreated, user, time.Now())
	}},
}

// player sends what happens in a case, as Clerk does.
type player struct {
	settings
	knock   *emulator
	reports *reports
}

func newID() string { return "msg_" + strings.ToLower(rand.Text()) }

func newUser() string { return "user_" + rand.Text() }

// event is one about a user, and about nobody else of the example's people.
func event[S ~string](eventType S, user string, at time.Time, edits ...clerktest.Edit) []byte {
	return clerktest.Event(eventType, append([]clerktest.Edit{datedAt(at), clerktest.Set("data.id", user)}, edits...)...)
}

// post posts an event.
func (p *player) post(ctx context.Context, id string, t fmt.Stringer, user string, at time.Time,
	edits ...clerktest.Edit,
) error {
	status, err := deliver(ctx, p.addr, p.signing(), id, time.Now(), event(t.String(), user, at, edits...))
	if err == nil && status >= http.StatusMultipleChoices {
		return fmt.Errorf("answered %d", status)
	}
	return err
}

// done posts an event and waits until it is done.
func (p *player) done(ctx context.Context, id string, t fmt.Stringer, user string, at time.Time) error {
	expected := p.reports.expect(id)
	if err := p.post(ctx, id, t, user, at); err != nil {
		return err
	}
	r, err := await(ctx, expected)
	if err == nil && r.Outcome != clerkknock.OutcomeSucceeded {
		return fmt.Errorf("it %s", r.Outcome)
	}
	return err
}
