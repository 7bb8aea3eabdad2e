package knock_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// sdkClient stands in for *knock.Client of github.com/knocklabs/knock-go: the
// same method, the same habits. It adds a random idempotency key and its own
// authorization, leaves a successful *http.Response unread, and returns a failed
// one together with an error that repeats the answer.
type sdkClient struct{ base string }

type sdkOption interface{ Apply(*http.Request) error }

type sdkOptionFunc func(*http.Request) error

func (f sdkOptionFunc) Apply(r *http.Request) error { return f(r) }

// withHeader is the shape of option.WithHeader.
func withHeader(key, value string) sdkOption {
	return sdkOptionFunc(func(r *http.Request) error {
		r.Header.Set(key, value)
		return nil
	})
}

func (c *sdkClient) Execute(
	ctx context.Context, method string, path string, params interface{}, res interface{}, opts ...sdkOption,
) error {
	body := io.Reader(http.NoBody)
	if params != nil {
		body = bytes.NewReader(params.([]byte))
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer sk_of_the_host")
	req.Header.Set("Idempotency-Key", "stainless-go-random")
	for _, opt := range opts {
		if err := opt.Apply(req); err != nil {
			return err
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	*res.(**http.Response) = resp
	if resp.StatusCode >= 400 {
		raw, _ := io.ReadAll(resp.Body)
		resp.Body = io.NopCloser(bytes.NewReader(raw))
		return errors.New(method + " " + req.URL.String() + ": " + resp.Status + " " + string(raw))
	}
	return nil
}

func TestFromSDKSendsThroughTheHostsClient(t *testing.T) {
	t.Parallel()
	var got []call
	answer := 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, call{method: r.Method, url: r.URL.EscapedPath(), header: r.Header, body: string(body)})
		w.WriteHeader(answer)
		_, _ = io.WriteString(w, `{"code":"some_code","message":"about jane@example.com"}`)
	}))
	defer server.Close()

	// The options' type is inferred, as it is for the real SDK.
	e, err := knock.FromSDK(&sdkClient{server.URL}, withHeader, knock.Config{}, withHeader("X-Extra", "1"))
	require.NoError(t, err)
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.TenantsSet, params{"id": "a/b", "name": nil})))
	welcome := invocation(clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": "u"})
	require.NoError(t, e.Execute(t.Context(), welcome))
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.UsersDelete, params{"id": "u"})))

	require.Equal(t, "/v1/tenants/a%2Fb", got[0].url)
	require.Equal(t, `{"name":null}`, got[0].body)
	require.Equal(t, "Bearer sk_of_the_host", got[0].header.Get("Authorization"))
	require.Equal(t, "1", got[0].header.Get("X-Extra"))
	require.Equal(t, "application/json", got[0].header.Get("Content-Type"))
	require.Equal(t, []string{"stainless-go-random"}, got[0].header["Idempotency-Key"], "the SDK's own")
	require.Equal(t, "key", got[1].header.Get("Idempotency-Key"))
	require.Equal(t, http.MethodDelete, got[2].method)
	require.Empty(t, got[2].body)

	answer = 422
	err = e.Execute(t.Context(), invocation(clerkknock.TenantsSet, params{"id": "jane"}))
	var failure *knock.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, "some_code", failure.Code)
	require.True(t, clerkknock.IsPermanent(err))
	require.NotContains(t, err.Error(), "jane")
	before := len(got)
	require.Error(t, e.Execute(t.Context(), invocation(clerkknock.UsersIdentify, params{"id": "../tenants/x"})))
	require.Len(t, got, before, "nothing was sent")
}

func TestFromSDKNeedsAClient(t *testing.T) {
	t.Parallel()
	_, typedNil := knock.FromSDK((*sdkClient)(nil), withHeader, knock.Config{})
	_, untypedNil := knock.FromSDK[sdkOption](nil, withHeader, knock.Config{})
	_, noHeader := knock.FromSDK(&sdkClient{}, nil, knock.Config{})
	for name, err := range map[string]error{"typed nil": typedNil, "nil": untypedNil, "no header": noHeader} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, err, "FromSDK needs a client")
		})
	}
}
