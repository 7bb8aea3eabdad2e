package clerkknock_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// signed is a request as Clerk sends it, with a body that something in front of the
// handler may have changed since.
func signed(t *testing.T, body string, arrives io.Reader) *http.Request {
	t.Helper()
	now := time.Now().Unix()
	r := httptest.NewRequest(http.MethodPost, "/webhooks/clerk", arrives)
	r.Header = headers("msg_1", strconv.FormatInt(now, 10), sign(secret, "msg_1", now, body))
	r.ContentLength = int64(len(body))
	return r
}

func TestARefusalNamesWhatWasSeen(t *testing.T) {
	t.Parallel()
	body := userCreated
	encoded := base64.StdEncoding.EncodeToString([]byte(body))
	without := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Del(name) }
	}
	for name, test := range map[string]struct {
		config  clerkknock.Config
		arrives io.Reader
		edit    func(*http.Request)
		status  int
		says    string
	}{
		"another instance": {
			config: clerkknock.Config{InstanceIDs: []string{"ins_2"}}, status: 403,
			says: `event is of Clerk instance "ins_1", which Config.InstanceIDs does not list`,
		},
		"a header is missing": {
			edit: without("Svix-Timestamp"), status: 400, says: "signature headers are missing: svix-timestamp",
		},
		"two headers are missing": {
			edit: func(r *http.Request) { without("Svix-Id")(r); without("Svix-Signature")(r) }, status: 400,
			says: "signature headers are missing: svix-id, svix-signature",
		},
		"our limit": {
			config: clerkknock.Config{MaxBodyBytes: 10}, status: 413,
			says: "body is larger than 10 bytes; Config.MaxBodyBytes sets the limit",
		},
		"the host's limit": {
			arrives: http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(body)), 20), status: 413,
			says: "body is larger than 20 bytes, a limit of the host's own in front of the handler",
		},
		"a body that is cut": {
			arrives: io.LimitReader(strings.NewReader(body), 30), status: 400,
			says: "body is cut short: got 30 of " + strconv.Itoa(len(body)) + " bytes",
		},
		"a body that was read before": {
			arrives: strings.NewReader(""), status: 400, says: "body is already consumed",
		},
		"a body that was read before the request was made anew": {
			arrives: strings.NewReader(""), status: 400, says: "body is already consumed",
			edit: func(r *http.Request) { r.ContentLength = 0; r.Header.Set("Content-Length", strconv.Itoa(len(body))) },
		},
		"a body in base64": {
			arrives: strings.NewReader(encoded), status: 401, says: "the body looks like base64",
			edit: func(r *http.Request) { r.ContentLength = int64(len(encoded)) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			observer, told := observe()
			test.config.Observers = []clerkknock.Observer{observer}
			test.config.Executor = &recorder{}
			s := source(t, test.config)
			if test.arrives == nil {
				test.arrives = strings.NewReader(body)
			}
			r := signed(t, body, test.arrives)
			if test.edit != nil {
				test.edit(r)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			require.Equal(t, test.status, w.Code)
			require.ErrorContains(t, (*told)[0].report.Err, test.says)
			require.NotContains(t, w.Body.String(), "ins_", "a stranger learns nothing")
		})
	}
}

func TestAnEventWithoutAnInstanceIsToldFromOneOfAnother(t *testing.T) {
	t.Parallel()
	observer, told := observe()
	s := source(t, clerkknock.Config{Executor: &recorder{}, InstanceIDs: []string{" ins_1 \n"},
		Observers: []clerkknock.Observer{observer}})
	const body = `{"type":"user.created","data":{}}`
	s.ServeHTTP(httptest.NewRecorder(), signed(t, body, strings.NewReader(body)))
	require.ErrorContains(t, (*told)[0].report.Err, "event has no instance_id")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, signed(t, userCreated, strings.NewReader(userCreated)))
	require.Equal(t, 200, w.Code, "space around an instance ID from an env file is no part of it")
}

// An API gateway hands headers on as a map in lower case.
func TestHeadersInLowerCaseAreRead(t *testing.T) {
	t.Parallel()
	observer, told := observe()
	s := source(t, clerkknock.Config{Executor: &recorder{}, Observers: []clerkknock.Observer{observer}})
	r := signed(t, userCreated, bytes.NewReader([]byte(userCreated)))
	lower := http.Header{}
	for name, values := range r.Header {
		lower[strings.ToLower(name)] = values
	}
	r.Header = lower
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	require.Equal(t, 200, w.Code)
	require.Equal(t, http.Header{"Svix-Id": {"msg_1"}}, (*told)[0].delivery.Header, "no signature gets through")
}

func TestAPastedSecretIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for pasted, says := range map[string]string{
		`"` + secret + `"`:                              "holds quotes",
		`'` + secret + `'`:                              "holds quotes",
		secret + "," + secret:                           "holds several secrets",
		secret + " " + secret:                           "holds several secrets",
		"CLERK_WEBHOOK_SIGNING_SECRET=" + secret:        `begins with a name and "="`,
		"export CLERK_WEBHOOK_SIGNING_SECRET=" + secret: `begins with a name and "="`,
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.NewVerifier(pasted)
			require.ErrorContains(t, err, says)
			require.NotContains(t, err.Error(), "dGVzd")
		})
	}
}

// Two spellings of one header: which of them was signed nobody can tell.
func TestTwoSpellingsOfASignedHeaderAreRefused(t *testing.T) {
	t.Parallel()
	for range 20 {
		s := source(t, clerkknock.Config{Executor: &recorder{}})
		r := signed(t, userCreated, strings.NewReader(userCreated))
		r.Header = http.Header{"svix-id": r.Header["Svix-Id"], "SVIX-ID": {"msg_evil"},
			"svix-timestamp": r.Header["Svix-Timestamp"], "svix-signature": r.Header["Svix-Signature"]}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, 400, w.Code)
	}
}

func TestServeHTTPRefuses(t *testing.T) {
	t.Parallel()
	const id = "msg_1"
	now := time.Now().Unix()
	resign := func(id string, at int64, body string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header = headers(id, strconv.FormatInt(at, 10), sign(secret, id, at, body))
		}
	}
	big := `{"type":"user.created","pad":"` + strings.Repeat("a", 2<<20) + `"}`
	for name, c := range map[string]struct {
		body   string
		edit   func(*http.Request)
		status int
		word   string
	}{
		"no headers":   {userCreated, func(r *http.Request) { r.Header = http.Header{} }, 400, "malformed"},
		"no signature": {userCreated, func(r *http.Request) { r.Header.Del("svix-signature") }, 400, "malformed"},
		"another secret": {
			userCreated,
			func(r *http.Request) { r.Header.Set("svix-signature", sign(vectorSecret, id, now, userCreated)) },
			401, "unauthorized",
		},
		"tampered body": {
			strings.Replace(userCreated, "user_1", "user_2", 1),
			func(r *http.Request) { r.Header.Set("svix-signature", sign(secret, id, now, userCreated)) },
			401, "unauthorized",
		},
		"stale":                {userCreated, resign(id, now-400, userCreated), 401, "unauthorized"},
		"future":               {userCreated, resign(id, now+400, userCreated), 401, "unauthorized"},
		"too large":            {big, nil, 413, "oversized"},
		"too large, no length": {big, func(r *http.Request) { r.ContentLength = -1 }, 413, "oversized"},
		"truncated JSON":       {userCreated[:100], nil, 400, "malformed"},
		"deeply nested":        {strings.Repeat("[", 500_000), nil, 400, "malformed"},
		"deeply nested in data": {
			`{"type":"user.created","data":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`,
			nil, 400, "malformed",
		},
		"a list":                 {`[{"type":"user.created"}]`, nil, 400, "malformed"},
		"a string":               {`"user.created"`, nil, 400, "malformed"},
		"nothing":                {``, nil, 400, "malformed"},
		"null":                   {`null`, nil, 400, "malformed"},
		"no type":                {`{"data":{}}`, nil, 400, "malformed"},
		"type is a number":       {`{"type":5}`, nil, 400, "malformed"},
		"GET":                    {userCreated, func(r *http.Request) { r.Method = http.MethodGet }, 405, "unsupported"},
		"PUT":                    {userCreated, func(r *http.Request) { r.Method = http.MethodPut }, 405, "unsupported"},
		"another Clerk instance": {strings.Replace(userCreated, "ins_1", "ins_2", 1), nil, 403, "forbidden"},
		"no Clerk instance":      {`{"type":"user.created","data":{}}`, nil, 403, "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, clerkknock.Config{InstanceIDs: []string{"ins_1"}})
			edit := c.edit
			if edit == nil {
				edit = func(*http.Request) {}
			}
			a := h.post(t, id, c.body, edit)
			require.Equal(t, c.status, a.status)
			require.Equal(t, c.word+"\n", a.body)
			require.Empty(t, h.executor.got)
			for _, private := range []string{"jane", "user_1", "whsec", "v1,", id} {
				require.NotContains(t, h.log.String(), private)
			}
			require.Contains(t, h.log.String(), "request refused")
		})
	}
}

func TestServeHTTPSaysWhenMiddlewareHasEatenTheBody(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	eater := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.source.ServeHTTP(w, r)
	}))
	defer eater.Close()
	now := time.Now().Unix()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, eater.URL, strings.NewReader(userCreated))
	require.NoError(t, err)
	req.Header = headers("msg_1", strconv.FormatInt(now, 10), sign(secret, "msg_1", now, userCreated))
	resp, err := eater.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 400, resp.StatusCode)
	require.Contains(t, h.log.String(), "already consumed")
}
