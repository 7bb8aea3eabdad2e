package clerk_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// decoders decode each event as its constant says.
var decoders = map[string]func(clerk.Envelope) (event, data any, err error){}

func init() {
	decodes(clerk.UserCreated, clerk.UserUpdated)
	decodes(clerk.UserDeleted, clerk.OrganizationDeleted, clerk.OrganizationDomainDeleted)
	decodes(clerk.SessionCreated, clerk.SessionPending, clerk.SessionEnded, clerk.SessionRemoved, clerk.SessionRevoked)
	decodes(clerk.OrganizationCreated, clerk.OrganizationUpdated)
	decodes(clerk.OrganizationMembershipCreated, clerk.OrganizationMembershipUpdated, clerk.OrganizationMembershipDeleted)
	decodes(clerk.OrganizationInvitationCreated, clerk.OrganizationInvitationAccepted, clerk.OrganizationInvitationRevoked)
	decodes(clerk.OrganizationDomainCreated, clerk.OrganizationDomainUpdated)
	decodes(clerk.RoleCreated, clerk.RoleUpdated, clerk.RoleDeleted)
	decodes(clerk.PermissionCreated, clerk.PermissionUpdated, clerk.PermissionDeleted)
	decodes(clerk.WaitlistEntryCreated, clerk.WaitlistEntryUpdated)
	decodes(clerk.EmailCreated)
	decodes(clerk.SMSCreated)
	decodes(clerk.SubscriptionCreated, clerk.SubscriptionUpdated, clerk.SubscriptionActive, clerk.SubscriptionPastDue)
	decodes(clerk.SubscriptionItemCreated, clerk.SubscriptionItemUpdated, clerk.SubscriptionItemActive,
		clerk.SubscriptionItemCanceled, clerk.SubscriptionItemUpcoming, clerk.SubscriptionItemEnded,
		clerk.SubscriptionItemAbandoned, clerk.SubscriptionItemIncomplete, clerk.SubscriptionItemPastDue,
		clerk.SubscriptionItemFreeTrialEnding)
	decodes(clerk.PaymentAttemptCreated, clerk.PaymentAttemptUpdated)
}

func decodes[T any](types ...clerk.EventType[T]) {
	for _, t := range types {
		decoders[t.String()] = func(e clerk.Envelope) (any, any, error) {
			event, err := clerk.Decode(e, t)
			return event, event.Data, err
		}
	}
}

// payloadTypes is one event type for every payload.
var payloadTypes = []string{
	"user.created", "user.deleted", "session.created", "organization.created", "organizationMembership.created",
	"organizationInvitation.created", "organizationDomain.created", "role.created", "permission.created",
	"waitlistEntry.created", "email.created", "sms.created", "subscription.created", "subscriptionItem.created",
	"paymentAttempt.created",
}

// fixtures are all events that clerktest has, by name.
func fixtures() map[string][]byte {
	all := map[string][]byte{}
	for _, t := range clerktest.Types() {
		all[t] = clerktest.Event(t)
	}
	for name, body := range clerktest.Variants() {
		all["variants/"+name] = body
	}
	for name, body := range clerktest.Captured() {
		all["captured/"+name] = body
	}
	return all
}

func decode(t testing.TB, body []byte) (e clerk.Envelope, event, data any) {
	t.Helper()
	e, err := clerk.Parse(body)
	require.NoError(t, err)
	require.Contains(t, decoders, e.Type)
	event, data, err = decoders[e.Type](e)
	require.NoError(t, err)
	return e, event, data
}

// leaves flattens a decoded payload to the scalars in it by their paths on the wire,
// secrets revealed. Zero values count as absent.
func leaves(path string, v reflect.Value, into map[string]string) {
	switch value := v.Interface().(type) {
	case clerk.Time:
		if !value.IsZero() {
			into[path] = fmt.Sprint(value.UnixMilli())
		}
		return
	case clerk.Money:
		if value == (clerk.Money{Amount: value.Amount}) {
			v = reflect.ValueOf(value.Amount)
		}
	case clerk.Secret:
		v = reflect.ValueOf(value.Reveal())
	case clerk.SecretJSON:
		rawLeaves(path, value.Reveal(), into)
		return
	case json.RawMessage:
		rawLeaves(path, value, into)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			leaves(path, v.Elem(), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(fmt.Sprintf("%s.%d", path, i), v.Index(i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(path+"."+v.Type().Field(i).Tag.Get("json"), v.Field(i), into)
		}
	default:
		if !v.IsZero() {
			into[path] = fmt.Sprint(v.Interface())
		}
	}
}

// rawLeaves does the same with JSON.
func rawLeaves(path string, raw json.RawMessage, into map[string]string) {
	if len(raw) == 0 {
		return
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		panic(err)
	}
	var walk func(path string, node any)
	walk = func(path string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, child := range node {
				walk(path+"."+key, child)
			}
		case []any:
			for i, child := range node {
				walk(fmt.Sprintf("%s.%d", path, i), child)
			}
		case nil:
		default:
			if text := fmt.Sprint(node); text != "" && text != "0" && text != "false" {
				into[path] = text
			}
		}
	}
	walk(path, tree)
}
