package knock_test

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func TestAReservedPropertyIsLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	metadata := params{
		"plan": "pro", "email": "evil@example.com", "timezone": "Europe/Paris", "settings": params{"x": 1}, "preferences": 1,
	}
	for name, row := range map[string]struct {
		action  clerkknock.ActionType
		body    string
		leftOut []string
	}{
		"of a user": {
			clerkknock.UsersIdentify, `{"plan":"pro","settings":{"x":1}}`, []string{"email", "preferences", "timezone"},
		},
		"of an object": {
			clerkknock.ObjectsSet, `{"email":"evil@example.com","plan":"pro","settings":{"x":1}}`,
			[]string{"preferences", "timezone"},
		},
		"of a tenant": {
			clerkknock.TenantsSet, `{"email":"evil@example.com","plan":"pro","timezone":"Europe/Paris"}`,
			[]string{"preferences", "settings"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := params{"id": "x", "properties": metadata}
			if row.action == clerkknock.ObjectsSet {
				p["collection"] = "c"
			}
			requests, err := render(t, row.action, p)
			require.NoError(t, err)
			require.Equal(t, row.body, string(requests[0].Body))
			require.Equal(t, row.leftOut, requests[0].LeftOut)
		})
	}
}

// host is a Source before a Knock of its own.
func host(t *testing.T, mapping clerkknock.Mapping) (*clerkknock.Source, *knocktest.API) {
	t.Helper()
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	e, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: server.URL})
	require.NoError(t, err)
	source, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, Logger: slog.New(slog.DiscardHandler),
		Executor: e, Mapper: clerkknock.NewMapper(mapping),
	})
	require.NoError(t, err)
	return source, api
}

func identifyWithMetadata() clerkknock.Mapping {
	return clerkknock.Mapping{Event: "user.created", Action: clerkknock.UsersIdentify, Params: clerkknock.Params{
		"id": clerkknock.Path("data.id"), "properties": clerkknock.Path("data.unsafe_metadata"),
	}}
}

func userWithMetadata() clerkknock.Delivery {
	return clerkknock.Delivery{ID: "msg_1", Body: fmt.Appendf(nil, `{"type":"user.created","timestamp":%d,`+
		`"data":{"id":"user_1","unsafe_metadata":{"plan":"pro","email":"e@example.com"}}}`, time.Now().UnixMilli())}
}

func TestTheReportNamesWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	source, api := host(t, identifyWithMetadata())
	report, err := source.Process(t.Context(), userWithMetadata())
	require.NoError(t, err)
	require.Equal(t, clerkknock.StepSucceeded, report.Steps[0].Status)
	require.Equal(t, []string{"email"}, attr(t, report.Steps[0].Attrs, "left_out"))
	user, _ := api.User("user_1")
	require.Equal(t, map[string]any{"plan": "pro"}, user.Properties)
}

// attr is one attribute of the group "request".
func attr(t *testing.T, attrs []slog.Attr, name string) any {
	t.Helper()
	for _, group := range attrs {
		if group.Key != "request" {
			continue
		}
		for _, a := range group.Value.Group() {
			if a.Key == name {
				return a.Value.Any()
			}
		}
	}
	require.Fail(t, "no attribute", name)
	return nil
}
