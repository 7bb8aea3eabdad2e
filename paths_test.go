package clerkknock_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// All the paths of an event are followed in one walk; what each of them finds does
// not depend on the others.
func TestPathsTogetherFindWhatEachFindsAlone(t *testing.T) {
	t.Parallel()
	exprs := []string{
		"body", "data", "body.data", "type", "data.id", "data.id.deeper", "data.object", "data.none", "data.none.deeper",
		"timestamp",
		"data.email_addresses", "data.email_addresses[0]", "data.email_addresses[1].id",
		"data.email_addresses[0].verification.status",
		"data.email_addresses[id=data.primary_email_address_id].email_address",
		"data.phone_numbers[id=data.primary_phone_number_id]",
		"data.user.email_addresses[id=data.user.primary_email_address_id].email_address", "data.user", "data.user.id",
		"data.public_metadata", "data.public_metadata.plan", `data["public_metadata"]`, "data.organization.id",
		"data.organization",
		"event_attributes.http_request", "event_attributes", "headers.svix-id", "preprocess.x", "object.deeper",
		"data.updated_at",
	}
	of := func(id string, exprs ...string) clerkknock.Mapping {
		members := clerkknock.Params{}
		for _, expr := range exprs {
			members[expr] = clerkknock.Path(expr)
		}
		return clerkknock.Mapping{ID: id, Action: clerkknock.UsersIdentify, Params: clerkknock.Params{
			"id": clerkknock.Literal("x"), "properties": clerkknock.Object(members),
		}}
	}
	bodies := clerktest.Variants()
	bodies["doubled"] = []byte(`{"data":{"id":1,"id":2,"x":{}},"data":{"id":3,"object":"user"},` +
		`"type":"user.created","type":{"deeper":1}}`)
	bodies["escaped"] = []byte(`{"typ\u0065":"user.created",` +
		`"d\u0061ta":{"\u0069d":"a\"b\\","public_metadata":{"plan":"\u00e9"}}} `)
	bodies["no data"] = []byte(`{"type":"user.created","object":{"deeper":[1]}}`)
	bodies["odd data"] = []byte(`{"type":"user.created","data":[{"id":1}]}`)
	for _, eventType := range clerktest.Types() {
		bodies[eventType] = clerktest.Event(eventType)
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse(body)
			require.NoError(t, err)
			plan := func(mappings ...clerkknock.Mapping) []clerkknock.Step {
				for i := range mappings {
					mappings[i].Event = e.Type
				}
				m := clerkknock.NewMapper(mappings...)
				require.NoError(t, m.Err())
				steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{
					ID: "msg_1", Body: body, Header: http.Header{"Svix-Id": {"msg_1"}},
				})
				require.NoError(t, err)
				return steps
			}
			var together []clerkknock.Mapping
			for i, expr := range exprs {
				together = append(together, of(strconv.Itoa(i), expr))
			}
			all := plan(append(together, of("all", exprs...))...)
			for i, expr := range exprs {
				alone := plan(of(strconv.Itoa(i), expr))
				require.Equal(t, alone[0], all[i], "%s in %s", expr)
			}
		})
	}
}
