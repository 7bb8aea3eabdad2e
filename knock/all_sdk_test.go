package knock_test

import (
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func TestBulkCallsGoThroughTheSDKToo(t *testing.T) {
	t.Parallel()
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	e, err := knock.FromSDK(&sdkClient{server.URL}, withHeader, knock.Config{})
	require.NoError(t, err)
	for _, err := range e.ExecuteAll(t.Context(), invocations(200, user)) {
		require.NoError(t, err)
	}
	require.Equal(t, map[string]int{"POST /v1/users/bulk/identify": 1}, calls(api))
	require.Len(t, api.Users(), 200)
}
