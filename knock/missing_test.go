package knock_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func answerWith(code int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

const notFound = `{"code":"resource_missing","message":"jane@example.com was not found","status":404}`

func TestAnErrorNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		action clerkknock.ActionType
		params params
		want   string
	}{
		{clerkknock.UsersIdentify, params{"id": "jane"}, "user"},
		{clerkknock.ObjectsSet, params{"collection": "$users", "id": "jane"}, "user"},
		{clerkknock.ObjectsSet, params{"collection": "c", "id": "o"}, "object c/o"},
		{
			clerkknock.ObjectsSubscribe, params{"collection": "$tenants", "id": "org_1", "recipients": "jane"},
			"object $tenants/org_1",
		},
		{clerkknock.TenantsSet, params{"id": "org/1", "resolve_full_preference_settings": true}, "tenant org%2F1"},
		{clerkknock.AudiencesAddMember, params{"key": "vip", "members": "jane"}, "audience vip"},
		{clerkknock.WorkflowsTrigger, params{"key": "welcome", "recipients": "jane"}, "workflow welcome"},
		{clerkknock.UsersSetPreferences, params{"id": "jane", "preference_set_id": "t", "preferences": params{}}, "user"},
		{clerkknock.UsersSetChannelData, params{"id": "jane", "channel_id": "ch", "data": params{}}, "user or channel ch"},
	} {
		t.Run(row.want+" "+string(row.action), func(t *testing.T) {
			t.Parallel()
			e, _ := executor(knock.Config{}, answerWith(404, notFound))
			err := e.Execute(t.Context(), invocation(row.action, row.params))
			var failure *knock.Error
			require.ErrorAs(t, err, &failure)
			require.Equal(t, row.want, failure.Missing())
			want := fmt.Sprintf("knock: %s: knock answered 404 resource_missing: no %s", row.action, row.want)
			require.EqualError(t, err, want)
			require.NotContains(t, err.Error(), "jane")
		})
	}
}

func TestAnErrorThatIsNoWordOfKnocksMissesNothing(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"a proxy's 404": answerWith(404, "<html>not found</html>"),
		"another 404":   answerWith(404, `{}`),
		"422":           answerWith(422, `{"code":"invalid_params"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := executor(knock.Config{}, answer)
			err := e.Execute(t.Context(), invocation(clerkknock.TenantsSet, params{"id": "org_1"}))
			var failure *knock.Error
			require.ErrorAs(t, err, &failure)
			require.Empty(t, failure.Missing())
			require.NotContains(t, err.Error(), "org_1")
		})
	}
}

// Names of fields tell what to mend, and are no personal data; what is no name is left
// out, and so is what are too many.
func TestAnErrorNamesTheFieldsThatKnockRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ fields, want string }{
		"some": {
			`{"field":"email"},{"field":"recipients[0].id","message":"jane@example.com"}`,
			": email, recipients[0].id",
		},
		"no name":    {`{"field":"jane@example.com"},{"field":"name"}`, ": name"},
		"none":       {``, ""},
		"a long one": {`{"field":"` + strings.Repeat("f", 100) + `"}`, ""},
		"many":       {strings.TrimSuffix(strings.Repeat(`{"field":"f"},`, 20), ","), ": f, f, f, f, f, f, f, f, …"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := executor(knock.Config{}, answerWith(422, `{"code":"invalid_params","errors":[`+row.fields+`]}`))
			err := e.Execute(t.Context(), identify)
			require.EqualError(t, err, "knock: users_identify: knock answered 422 invalid_params"+row.want)
		})
	}
}

// The object of a subscription comes with an event of its own, which no pause within
// one attempt would bring about.
func TestASubscriptionToWhatIsMissingIsTriedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{}, answerWith(404, notFound))
		err := e.Execute(t.Context(), invocation(clerkknock.ObjectsSubscribe, params{
			"collection": "$tenants", "id": "org_1", "recipients": "u",
		}))
		require.Error(t, err)
		require.False(t, clerkknock.IsPermanent(err), "its own event may still be on its way")
		require.Len(t, s.calls, 1)
	})
}

func TestAMergeOfWhoIsNotThereHasBeenDone(t *testing.T) {
	t.Parallel()
	merge := invocation(clerkknock.UsersMerge, params{"id": "u", "from_user_id": "v"})
	t.Run("knock's 404", func(t *testing.T) {
		t.Parallel()
		e, _ := executor(knock.Config{}, answerWith(404, notFound))
		require.NoError(t, e.Execute(t.Context(), merge))
	})
	t.Run("a stranger's 404", func(t *testing.T) {
		t.Parallel()
		e, _ := executor(knock.Config{}, answerWith(404, "<html>"))
		require.Error(t, e.Execute(t.Context(), merge))
	})
}
