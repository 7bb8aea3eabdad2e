package knock_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// script is a RoundTripper that gives one answer after the other, the last one
// again and again. Within a synctest bubble it takes no time.
type script struct {
	mu      sync.Mutex
	answers []func(*http.Request) (*http.Response, error)
	calls   []call
}

type call struct {
	at     time.Time
	method string
	url    string
	header http.Header
	body   string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		raw, _ := io.ReadAll(r.Body)
		body = string(raw)
	}
	s.mu.Lock()
	s.calls = append(s.calls, call{time.Now(), r.Method, r.URL.String(), r.Header.Clone(), body})
	answer := s.answers[min(len(s.calls), len(s.answers))-1]
	s.mu.Unlock()
	return answer(r)
}

func answered(code int, h http.Header, body string) *http.Response {
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func status(code int, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return answered(code, h, `{"code":"some_code","message":"about jane@example.com","type":"api_error"}`), nil
	}
}

func broken(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection reset by peer")
}

func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func executor(c knock.Config, answers ...func(*http.Request) (*http.Response, error)) (*knock.Executor, *script) {
	s := &script{answers: answers}
	c.Client = &http.Client{Transport: s}
	if c.APIKey == "" {
		c.APIKey = "sk_test_secret"
	}
	e, err := knock.New(c)
	if err != nil {
		panic(err) // the test's own configuration
	}
	return e, s
}

func invocation(a clerkknock.ActionType, p params) clerkknock.Invocation {
	return clerkknock.Invocation{Action: clerkknock.NewAction(a, p), IdempotencyKey: "key"}
}

var identify = invocation(clerkknock.UsersIdentify, params{"id": "jane@example.com"})

func TestExecuteSendsTheHeadersThatKnockAsksFor(t *testing.T) {
	t.Parallel()
	e, s := executor(knock.Config{BaseURL: "https://knock.example.com/prefix/", Branch: "my-branch"}, status(200))
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.TenantsSet, params{"id": "a/b?c"})))
	welcome := invocation(clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": "u"})
	require.NoError(t, e.Execute(t.Context(), welcome))
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.UsersDelete, params{"id": "u"})))

	tenant, trigger, deletion := s.calls[0], s.calls[1], s.calls[2]
	require.Equal(t, "https://knock.example.com/prefix/v1/tenants/a%2Fb%3Fc", tenant.url)
	require.Equal(t, "Bearer sk_test_secret", tenant.header.Get("Authorization"))
	require.Equal(t, "application/json", tenant.header.Get("Content-Type"))
	require.Equal(t, "application/json", tenant.header.Get("Accept"))
	require.Equal(t, "my-branch", tenant.header.Get("X-Knock-Branch"))
	require.NotContains(t, tenant.header, "Idempotency-Key")
	require.Equal(t, "key", trigger.header.Get("Idempotency-Key"))
	require.Empty(t, deletion.body)
	require.NotContains(t, deletion.header, "Content-Type")
}

func TestExecuteClassifiesAnswers(t *testing.T) {
	t.Parallel()
	type class int
	const (
		ok class = iota
		temporary
		permanent
	)
	remove := invocation(clerkknock.UsersDelete, params{"id": "u"})
	unsubscribe := invocation(clerkknock.ObjectsUnsubscribe, params{"collection": "c", "id": "o", "recipients": "u"})
	subscribe := invocation(clerkknock.ObjectsSubscribe, params{"collection": "c", "id": "o", "recipients": "u"})
	for name, c := range map[string]struct {
		inv    clerkknock.Invocation
		answer func(*http.Request) (*http.Response, error)
		want   class
	}{
		"200":            {identify, status(200), ok},
		"204":            {remove, status(204), ok},
		"deleted before": {remove, status(404), ok},
		"a stranger's 404": {remove, func(*http.Request) (*http.Response, error) {
			return answered(404, nil, "<html>not found</html>"), nil
		}, permanent},
		"unsubscribed before":  {unsubscribe, status(404), ok},
		"object not there yet": {subscribe, status(404), temporary},
		"unknown workflow": {
			invocation(clerkknock.WorkflowsTrigger, params{"key": "w", "recipients": "u"}), status(404), permanent,
		},
		"redirect":                 {identify, status(302, "Location", "https://example.com/"), permanent},
		"400":                      {identify, status(400), permanent},
		"401":                      {identify, status(401), temporary},
		"403":                      {identify, status(403), temporary},
		"413":                      {identify, status(413), permanent},
		"422":                      {identify, status(422), permanent},
		"408":                      {identify, status(408), temporary},
		"409":                      {identify, status(409), temporary},
		"429":                      {identify, status(429), temporary},
		"500":                      {identify, status(500), temporary},
		"503":                      {identify, status(503), temporary},
		"no connection":            {identify, broken, temporary},
		"ID that cannot be a path": {invocation(clerkknock.UsersDelete, params{"id": ".."}), status(200), permanent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e, _ := executor(knock.Config{}, c.answer)
				err := e.Execute(t.Context(), c.inv)
				require.Equal(t, c.want == ok, err == nil)
				require.Equal(t, c.want == permanent, clerkknock.IsPermanent(err))
				if err != nil {
					require.NotContains(t, err.Error(), "jane")
					require.NotContains(t, err.Error(), "sk_")
				}
			})
		})
	}
}

// A key that is refused says nothing about the action: another attempt is for
// later, when somebody has mended it.
func TestExecuteDoesNotRepeatWithARefusedKey(t *testing.T) {
	t.Parallel()
	e, s := executor(knock.Config{}, status(401))
	err := e.Execute(t.Context(), identify)
	require.Error(t, err)
	require.False(t, clerkknock.IsPermanent(err))
	require.Len(t, s.calls, 1)
}

// A redirected PUT would become a GET, whose success is no success.
func TestExecuteFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*http.Client{"our client": nil, "the host's client": {Timeout: time.Minute}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = append(got, r.Method+" "+r.URL.Path)
				http.Redirect(w, r, "/elsewhere"+r.URL.Path, http.StatusMovedPermanently)
			}))
			defer server.Close()
			e, err := knock.New(knock.Config{APIKey: "sk", BaseURL: server.URL, Client: client})
			require.NoError(t, err)
			err = e.Execute(t.Context(), identify)
			require.True(t, clerkknock.IsPermanent(err))
			require.Equal(t, []string{"PUT /v1/users/jane@example.com"}, got)
		})
	}
}

func TestErrorsRepeatNothingThatIsNoWord(t *testing.T) {
	t.Parallel()
	e, _ := executor(knock.Config{}, func(*http.Request) (*http.Response, error) {
		return answered(422, http.Header{"X-Request-Id": {strings.Repeat("r", 1000)}},
			`{"code":{"email":"jane@example.com"}}`), nil
	})
	require.EqualError(t, e.Execute(t.Context(), identify), "knock: users_identify: knock answered 422")
}

func TestExecuteReportsWhatKnockAnswered(t *testing.T) {
	t.Parallel()
	e, _ := executor(knock.Config{}, func(*http.Request) (*http.Response, error) {
		return answered(422, http.Header{"X-Request-Id": {"req_1"}}, `{
			"code": "invalid_params",
			"message": "jane@example.com is no address",
			"errors": [{"field": "email", "message": "is invalid", "type": null}]
		}`), nil
	})
	err := e.Execute(t.Context(), identify)
	var failure *knock.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, &knock.Error{
		Action: clerkknock.UsersIdentify, Status: 422, Code: "invalid_params", Message: "jane@example.com is no address",
		Fields: []knock.FieldError{{Field: "email", Message: "is invalid"}}, RequestID: "req_1",
	}, failure)
	require.EqualError(t, err, "knock: users_identify: knock answered 422 invalid_params: email (request req_1)")
}

func TestExecuteStopsAtTheFirstPartThatFails(t *testing.T) {
	t.Parallel()
	people := make([]string, 250)
	for i := range people {
		people[i] = fmt.Sprint("u", i)
	}
	e, s := executor(knock.Config{}, status(200), status(422))
	err := e.Execute(t.Context(), invocation(clerkknock.ObjectsSubscribe, params{
		"collection": "c", "id": "o", "recipients": people,
	}))
	require.True(t, clerkknock.IsPermanent(err))
	require.Len(t, s.calls, 2)
}

func TestCreateAudiencesAsksKnockForIt(t *testing.T) {
	t.Parallel()
	add := invocation(clerkknock.AudiencesAddMember, params{"key": "a", "members": "u"})
	for create, want := range map[bool]string{
		false: "https://api.knock.app/v1/audiences/a/members",
		true:  "https://api.knock.app/v1/audiences/a/members?create_audience=true",
	} {
		t.Run(fmt.Sprint("create: ", create), func(t *testing.T) {
			t.Parallel()
			e, s := executor(knock.Config{CreateAudiences: create}, status(204))
			require.NoError(t, e.Execute(t.Context(), add))
			require.Equal(t, want, s.calls[0].url)
		})
	}
}

func TestNewFindsWhatIsWrongBeforeTheFirstEvent(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]knock.Config{
		"APIKey is empty":        {},
		"APIKey is a public key": {APIKey: "pk_test"},
		"holds a space":          {APIKey: "sk_a b"},
		"BaseURL is not":         {APIKey: "sk", BaseURL: "api.knock.app"},
		"holds a space or":       {APIKey: "sk", Branch: "a\nb"},
		"ends in /v1":            {APIKey: "sk", BaseURL: "https://api.knock.app/v1/"},
		"BaseURL must be":        {APIKey: "sk", BaseURL: "https://api.knock.app?x=1"},
		"RateShare":              {APIKey: "sk", RateShare: 2},
		"MaxAttempts":            {APIKey: "sk", MaxAttempts: -1},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			e, err := knock.New(c)
			require.ErrorContains(t, err, says)
			require.Nil(t, e)
		})
	}
}
