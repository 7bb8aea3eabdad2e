package knock_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// counting answers with a status, and keeps what has come.
func counting(t *testing.T, status int) (base string, got *[]*http.Request) {
	t.Helper()
	got = new([]*http.Request)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		*got = append(*got, r)
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func TestFromSDKIsTunedAsNewIs(t *testing.T) {
	t.Parallel()
	t.Run("attempts", func(t *testing.T) {
		t.Parallel()
		base, got := counting(t, 503)
		e, err := knock.FromSDK(&sdkClient{base}, withHeader, knock.Config{MaxAttempts: 1})
		require.NoError(t, err)
		require.Error(t, e.Execute(t.Context(), identify))
		require.Len(t, *got, 1)
	})
	t.Run("audiences", func(t *testing.T) {
		t.Parallel()
		base, got := counting(t, 204)
		e, err := knock.FromSDK(&sdkClient{base}, withHeader, knock.Config{CreateAudiences: true})
		require.NoError(t, err)
		add := invocation(clerkknock.AudiencesAddMember, params{"key": "a", "members": "u"})
		require.NoError(t, e.Execute(t.Context(), add))
		require.Equal(t, "create_audience=true", (*got)[0].URL.RawQuery)
	})
}

func TestFromSDKRefusesWhatTheClientDecides(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]knock.Config{
		"APIKey":         {APIKey: "sk_very_secret"},
		"BaseURL":        {BaseURL: "https://api.knock.app"},
		"Branch":         {Branch: "mine"},
		"Client":         {Client: http.DefaultClient},
		"RateShare":      {RateShare: 2},
		"MaxAttempts":    {MaxAttempts: -1},
		"AttemptTimeout": {AttemptTimeout: -1},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			e, err := knock.FromSDK(&sdkClient{}, withHeader, c)
			require.ErrorContains(t, err, "Config."+field)
			require.NotContains(t, err.Error(), "very_secret")
			require.Nil(t, e)
		})
	}
}

// An empty key would be one that all calls share.
func TestFromSDKSendsNoEmptyIdempotencyKey(t *testing.T) {
	t.Parallel()
	base, got := counting(t, 200)
	e, err := knock.FromSDK(&sdkClient{base}, withHeader, knock.Config{})
	require.NoError(t, err)
	noKey := clerkknock.Invocation{
		Action: clerkknock.NewAction(clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": "u"}),
	}
	for _, inv := range []clerkknock.Invocation{identify, noKey, invocation(clerkknock.UsersDelete, params{"id": "u"})} {
		require.NoError(t, e.Execute(t.Context(), inv))
	}
	require.Len(t, *got, 3)
	for _, r := range *got {
		require.Equal(t, []string{"stainless-go-random"}, r.Header["Idempotency-Key"], r.URL.Path)
	}
}
