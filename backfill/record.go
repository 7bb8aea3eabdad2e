package backfill

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/tidwall/gjson"
)

// Kind is what a Record tells of.
type Kind string

// The kinds, in the order in which a Reader should yield them: what is set first can be
// referred to later.
const (
	User         Kind = "user"
	Organization Kind = "organization"
	Membership   Kind = "membership"
)

// Kinds returns the kinds in their order.
func Kinds() []Kind { return []Kind{User, Organization, Membership} }

// Event is the type of the event that a record of the kind is taken for: user.created,
// organization.created or organizationMembership.created, "" for another kind.
func (k Kind) Event() string {
	switch k {
	case User:
		return string(clerk.UserCreated)
	case Organization:
		return string(clerk.OrganizationCreated)
	case Membership:
		return string(clerk.OrganizationMembershipCreated)
	}
	return ""
}

// Record is one object of a Clerk instance as its Backend API lists it.
type Record struct {
	Kind Kind
	// Data is the object, as JSON. It has the shape of the data of the Kind's Event, and
	// every field that the mappings read.
	Data json.RawMessage
	// Position, if it is not empty, is where the Reader goes on after this record and all
	// before it: the end of a page, say. It is the Reader's own, and kept in a Checkpoint.
	Position string
}

// Reader yields the records of a Clerk instance: all users, then all organizations, then
// all memberships. It begins after a position of an earlier record, or at the beginning
// if after is "". An error ends it, and the run; what was yielded before is finished.
// Package clerkapi has one for Clerk's Backend API.
type Reader func(ctx context.Context, after string) iter.Seq2[Record, error]

// From is a Reader of records that come from elsewhere, such as an export. It always
// begins at the beginning.
func From(records iter.Seq2[Record, error]) Reader {
	return func(context.Context, string) iter.Seq2[Record, error] { return records }
}

// id is the object's own id, "" if it has none.
func (r Record) id() string { return gjson.GetBytes(r.Data, "id").String() }

// delivery is the record as the event that it is taken for. It happened when the object
// was changed last: what Clerk has sent since then is newer, in the order of the ledger.
func (r Record) delivery(run string, now time.Time) (clerkknock.Delivery, error) {
	event := r.Kind.Event()
	if event == "" {
		return clerkknock.Delivery{}, fmt.Errorf("a record is of no known kind; it takes %v", Kinds())
	}
	if !gjson.ValidBytes(r.Data) || !gjson.ParseBytes(r.Data).IsObject() {
		return clerkknock.Delivery{}, fmt.Errorf("the data of a record (%s) is no JSON object", r.Kind)
	}
	changed := clerk.ParseTime(gjson.GetBytes(r.Data, "updated_at").Raw)
	body := make([]byte, 0, len(r.Data)+128)
	body = fmt.Appendf(body, `{"type":%q,"object":"event",`, event)
	if !changed.IsZero() {
		body = fmt.Appendf(body, `"timestamp":%d,`, changed.UnixMilli())
	}
	body = append(append(append(body, `"data":`...), r.Data...), '}')
	d := clerkknock.Delivery{Body: body, ReceivedAt: now}
	if run != "" {
		d.ID = fmt.Sprintf("backfill:%s:%s:%d", run, r.id(), changed.UnixMilli())
	}
	return d, nil
}
