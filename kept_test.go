package clerkknock_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

func TestWhatNobodyReadsIsNotPutIntoTheInbox(t *testing.T) {
	t.Parallel()
	const code = `{"type":"sms.created","data":{"id":"sms_1","otp_code":"123456"}}`
	const gone = `{"type":"session.deleted","data":{"id":"sess_1"}}`
	handled := clerkknock.NewMapper(clerkknock.Handle(clerk.SMSCreated,
		func(context.Context, clerk.Event[clerk.SMS]) error { return nil }))
	for name, test := range map[string]struct {
		config  clerkknock.Config
		body    string
		outcome clerkknock.Outcome
		answer  int
	}{
		"unmapped":             {clerkknock.Config{}, code, clerkknock.OutcomeIgnored, 200},
		"unmapped, asked for":  {clerkknock.Config{StoreUnmapped: true}, code, clerkknock.OutcomeStored, 202},
		"handled":              {clerkknock.Config{Mapper: handled}, code, clerkknock.OutcomeStored, 202},
		"an unmapped deletion": {clerkknock.Config{}, gone, clerkknock.OutcomeStored, 202},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := &inbox{}
			observer, told := observe()
			test.config.Inbox, test.config.Observers = box, []clerkknock.Observer{observer}
			a := serve(t, test.config).post(t, "msg_1", test.body)
			require.Equal(t, test.answer, a.status)
			require.Equal(t, test.outcome, a.report.Outcome)
			require.Len(t, *told, 1)
			require.Equal(t, test.outcome, (*told)[0].report.Outcome)
			require.Equal(t, test.answer == 202, len(box.got) == 1)
		})
	}
}

func TestOnlyHeadersThatSomebodyReadsAreKept(t *testing.T) {
	t.Parallel()
	reading := clerkknock.NewMapper(clerkknock.Mapping{
		ID: "zone", Event: "user.created", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "timezone": clerkknock.First(
			clerkknock.Path("data.zone"), clerkknock.Path("headers.x-zone"))},
	})
	inactive := reading.Disable("zone").With(clerkknock.DefaultMapper().Mappings()...)
	for name, test := range map[string]struct {
		config clerkknock.Config
		want   []string
	}{
		"by default":           {clerkknock.Config{}, nil},
		"a mapping reads one":  {clerkknock.Config{Mapper: reading}, []string{"X-Zone"}},
		"an inactive one does": {clerkknock.Config{Mapper: inactive}, nil},
		"code reads one":       {clerkknock.Config{KeepHeaders: []string{" x-trace "}}, []string{"X-Trace"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := &inbox{}
			test.config.Inbox = box
			serve(t, test.config).post(t, "msg_1", userCreated, func(r *http.Request) {
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("X-Goog-Iap-Jwt-Assertion", "eyJ")
				r.Header.Set("X-Zone", "Europe/Paris")
				r.Header.Set("X-Trace", "1")
			})
			require.Len(t, box.got, 1)
			names := []string{"Svix-Id", "Content-Type"}
			for name := range box.got[0].Header {
				if name != "Svix-Id" && name != "Content-Type" {
					names = append(names, name)
				}
			}
			require.Equal(t, append([]string{"Svix-Id", "Content-Type"}, test.want...), names)
		})
	}
}

func TestCredentialsCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"a cookie": "cookie", "a login": "Authorization", "a signature": "svix-signature", "nothing": " ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.New(clerkknock.Config{
				SigningSecrets: []string{secret}, Executor: clerkknock.DryRun(nil), KeepHeaders: []string{header},
			})
			require.ErrorContains(t, err, "clerkknock: Config.KeepHeaders holds")
		})
	}
}
