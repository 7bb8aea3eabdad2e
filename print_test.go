package clerkknock_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/clerk/listen"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/internal/marks"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/mapi"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/clerkknock/clerkknock/refusal"
	"github.com/clerkknock/clerkknock/whatif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// holdNothing are the types that hold neither secrets nor personal data, and why.
var holdNothing = map[string]string{
	"words": `clerkknock.ActionType clerkknock.Outcome clerkknock.StepStatus
		clerk.ChargeType clerk.EnrollmentMode clerk.EnterpriseProtocol clerk.EventType clerk.Interval clerk.InvitationStatus
		clerk.PaymentMethod clerk.PaymentSourceStatus clerk.PaymentStatus clerk.PermissionType clerk.SessionStatus
		clerk.SubscriptionStatus clerk.VerificationStatus clerk.WaitlistStatus whatif.Kind
		backfill.Kind backfill.Outcome refusal.Cause`,
	"times, IDs and numbers": `clerk.Time ledger.Claim ledger.Version knock.Limit knock.Health
		eventlog.Query eventlog.Position eventlog.Counts eventlog.Tally`,
	"the host's own table, which is code": `clerkknock.Mapper clerkknock.Mapping clerkknock.Params clerkknock.Value
		whatif.Config`,
	"what a page is made of, which is code": "console.Config",
	"settings, which are code":              "backfill.Config scenario.Options",
	"how far a backfill is":                 "backfill.Counts backfill.Report backfill.State",
	"made-up people":                        "scenario.Post mappingtest.Difference",
	"parts of a table":                      "mappingtest.Change mappingtest.Field mapi.Workflow",
	"what keeps a request out":              "refusal.Diagnosis refusal.Finding",
	"how an inbox stands": `console.Backlog console.Letter console.Selection console.State
		console.Verb`,
	"an error's text, which is for the logs": "knock.Error knock.FieldError",
}

// payloads are what a payload is decoded into. They show it, as asked, but not the
// secrets in it.
var payloads = []func() (string, []string){
	payload[clerk.User], payload[clerk.EmailAddress], payload[clerk.PhoneNumber], payload[clerk.IdentificationLink],
	payload[clerk.Web3Wallet], payload[clerk.Passkey], payload[clerk.ExternalAccount], payload[clerk.EnterpriseAccount],
	payload[clerk.EnterpriseConnection], payload[clerk.SAMLAccount], payload[clerk.SAMLConnection], payload[clerk.SCIM],
	payload[clerk.Verification], payload[clerk.Error], payload[clerk.DeletedObject], payload[clerk.Session],
	payload[clerk.SessionActivity], payload[clerk.Organization], payload[clerk.PublicOrganizationData],
	payload[clerk.OrganizationMembership], payload[clerk.PublicUserData], payload[clerk.OrganizationInvitation],
	payload[clerk.Invitation], payload[clerk.OrganizationDomain], payload[clerk.DomainVerification], payload[clerk.Role],
	payload[clerk.Permission], payload[clerk.WaitlistEntry], payload[clerk.Email], payload[clerk.SMS],
	payload[clerk.Subscription], payload[clerk.SubscriptionItem], payload[clerk.Seats], payload[clerk.Credits],
	payload[clerk.ProrationCredit], payload[clerk.PayerCredit], payload[clerk.Plan], payload[clerk.UnitPrice],
	payload[clerk.UnitPriceTier], payload[clerk.PaymentAttempt], payload[clerk.FailedReason], payload[clerk.Payee],
	payload[clerk.Payer], payload[clerk.Totals], payload[clerk.PerUnitTotal], payload[clerk.PaymentSource],
	payload[clerk.Money], payload[clerk.EventAttributes], payload[clerk.HTTPRequest],
}

func payload[T any]() (name string, ways []string) {
	v := marks.Filled[T]()
	return marks.NameOf(v), marks.Shown(v, marks.Secret)
}

// shown is where a value shows a mark.
func shown[T any](v T) (name string, ways []string) {
	return marks.NameOf(v), append(marks.Shown(v, marks.Secret), marks.Shown(v, marks.Private)...)
}

// sent is shown for what is to be sent, whose JSON is the way to see it, or to pass it on.
func sent[T any](v T) (name string, ways []string) {
	name, ways = shown(v)
	return name, slices.DeleteFunc(ways, func(way string) bool {
		return strings.HasPrefix(way, "JSON") || strings.HasPrefix(way, "slog's JSON") &&
			!strings.HasSuffix(way, "itself") && !strings.HasSuffix(way, "pointer")
	})
}

func TestNoTypeShowsSecretsOrPersonalData(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	check := func(name string, ways []string) {
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, ways)
		})
	}
	for _, p := range payloads {
		check(p())
	}
	d := marks.Filled[clerkknock.Delivery]()
	d.ID = "msg_1"
	e := marks.Filled[clerk.Envelope]()
	e.ID, e.Type, e.InstanceID = "msg_1", "user.created", "ins_1"
	action := clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1", "name": marks.Private})
	inv := clerkknock.Invocation{Action: action, Event: e, MappingID: "identify", IdempotencyKey: "key"}
	config := marks.Filled[clerkknock.Config]()
	config.InstanceIDs, config.KeepHeaders = []string{"ins_1"}, nil
	check(shown(d))
	check(shown(e))
	check(shown(clerk.Hide(marks.Secret)))
	check(sent(clerk.Event[clerk.User]{Envelope: e, Data: marks.Filled[clerk.User]()}))
	check(sent(action))
	check(sent(inv))
	check(shown(config))
	knocks := marks.Filled[knock.Config]()
	knocks.BaseURL, knocks.Branch = "https://me:"+marks.Secret+"@knock.example.com", ""
	check(shown(knocks))
	knocks.BaseURL = "https://knock.example.com"
	executor, err := knock.New(knocks)
	require.NoError(t, err)
	check(shown(executor))
	requests, err := knock.Render(inv)
	require.NoError(t, err)
	require.Contains(t, string(requests[0].Body), marks.Private)
	check(shown(requests[0]))
	const secret = "whsec_bWFyay1vZi1hLXNlY3JldC1vZi10aGlydHktdHdvLWI=" // base64, as svix wants it
	verifier, err := clerkknock.NewVerifier(secret)
	require.NoError(t, err)
	name, ways := shown(*verifier)
	check(name, append(ways, marks.Shown(*verifier, secret[6:])...))
	src, err := clerkknock.New(clerkknock.Config{SigningSecrets: []string{secret}, Executor: executor})
	require.NoError(t, err)
	name, ways = shown(src)
	check(name, append(ways, marks.Shown(src, secret[6:])...))
	rehearsed, err := src.Rehearse(context.Background(), clerkknock.Delivery{ID: "msg_1",
		Body: clerktest.Event("user.created", clerktest.Set("data.first_name", marks.Private))})
	require.NoError(t, err)
	whole, err := json.Marshal(rehearsed)
	require.NoError(t, err)
	require.Contains(t, string(whole), marks.Private, "a rehearsal shows the requests")
	check(sent(rehearsed[0]))
	seenByListener := marks.Filled[listen.Delivery]()
	seenByListener.ID = "msg_1"
	check(shown(seenByListener))
	check(shown(marks.Filled[refusal.Request]()))
	check(shown(marks.Filled[refusal.Config]()))
	check(shown(marks.Filled[mapi.Client]()))
	memory := &ledger.Memory{}
	require.NoError(t, memory.SetAlias(context.Background(), "user/user_1", marks.Private))
	check(shown(memory))
	step := clerkknock.StepReport{ID: "identify", Status: clerkknock.StepSucceeded, Planned: action}
	report := clerkknock.Report{ID: "msg_1", Type: "user.created", Outcome: clerkknock.OutcomeSucceeded,
		Steps: []clerkknock.StepReport{step}}
	check(shown(step))
	check(shown(report))
	check(shown(eventlog.NewEntry(d, report)))
	log := &eventlog.Memory{}
	require.NoError(t, log.Observe(context.Background(), d, report))
	check(shown(log))
	record := marks.Filled[backfill.Record]()
	record.Kind, record.Position = backfill.User, ""
	check(shown(record))
	check(shown(backfill.Result{ID: "user_1", Steps: rehearsed}))
	compared, err := whatif.Compare(context.Background(), whatif.Config{
		InForce: clerkknock.NewMapper(), Changed: clerkknock.DefaultMapper(), Executor: executor,
	}, func(yield func(clerkknock.Delivery, error) bool) {
		body := clerktest.Event("user.created", clerktest.Set("data.first_name", marks.Private))
		yield(clerkknock.Delivery{Body: body}, nil)
	})
	require.NoError(t, err)
	example := compared.Changes[0].Examples[0]
	check(sent(compared))
	check(sent(compared.Changes[0]))
	check(sent(example))
	check(sent(*example.After))
	check(sent(example.After.Requests[0]))

	all, err := marks.Types(".", "bench", "conformance", "examples", "tools", "inbox")
	require.NoError(t, err)
	for _, names := range holdNothing {
		for name := range strings.FieldsSeq(names) {
			assert.NotContains(t, seen, name)
			seen[name] = true
		}
	}
	assert.ElementsMatch(t, all, slices.Collect(maps.Keys(seen)), "say of each type what it holds")
}
