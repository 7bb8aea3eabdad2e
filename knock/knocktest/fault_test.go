package knocktest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultsPickTheirRequests(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault knocktest.Fault
		want  string // the statuses of PUT u1, PUT u2, GET u1, PUT tenant, PUT u1
	}{
		"all":                     {knocktest.Fault{}, "503 503 503 503 503"},
		"by method":               {knocktest.Fault{Method: "PUT"}, "503 503 200 503 503"},
		"by path":                 {knocktest.Fault{Path: "/v1/users/*"}, "503 503 503 200 503"},
		"by one ID":               {knocktest.Fault{Path: "/v1/users/u2"}, "200 503 200 200 200"},
		"the first two":           {knocktest.Fault{Times: 2}, "503 503 200 200 200"},
		"the third":               {knocktest.Fault{Skip: 2, Times: 1}, "200 200 503 200 200"},
		"from the second user on": {knocktest.Fault{Path: "/v1/users/*", Skip: 1}, "200 503 503 200 503"},
		"never":                   {knocktest.Fault{Probability: 1e-12}, "200 200 200 200 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			e.must("PUT", "/v1/users/u1", "{}")
			tc.fault.Status = 503
			e.Fail(tc.fault)
			var got []string
			for _, call := range []string{
				"PUT /v1/users/u1", "PUT /v1/users/u2", "GET /v1/users/u1", "PUT /v1/tenants/t", "PUT /v1/users/u1",
			} {
				method, path, _ := strings.Cut(call, " ")
				got = append(got, fmt.Sprint(e.do(method, path, "").status))
			}
			require.Equal(t, tc.want, strings.Join(got, " "))
			for i, r := range e.Requests()[1:] {
				require.Equal(t, got[i] == "503", r.Faulted)
				require.Equal(t, got[i], fmt.Sprint(r.Status))
			}
			e.Heal()
			require.Equal(t, 200, e.do("PUT", "/v1/users/u1", "").status)
		})
	}
}

func TestFaultsByChanceRepeatWithTheirSeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (statuses []int) {
		e := start(t, knocktest.Config{Seed: seed})
		e.Fail(knocktest.Fault{Probability: 0.5, Status: 500})
		for range 64 {
			statuses = append(statuses, e.do("GET", "/v1/users", "").status)
		}
		return statuses
	}
	require.Equal(t, run(1), run(1))
	require.NotEqual(t, run(1), run(2))
	require.Contains(t, run(1), 200)
	require.Contains(t, run(1), 500)
}

func TestFaultsAnswerWhatTheyAreToldTo(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	get := func(f knocktest.Fault) reply {
		defer e.Fail(f)()
		return e.do("GET", "/v1/users", "")
	}
	knocks := get(knocktest.Fault{Status: 429})
	require.Equal(t, 429.0, knocks.at("status"))
	require.NotEmpty(t, knocks.at("code"))
	require.Empty(t, knocks.header.Get("Retry-After"))
	require.Equal(t, "2",
		get(knocktest.Fault{Status: 429, Header: http.Header{"Retry-After": {"2"}}}).header.Get("Retry-After"))

	html := get(knocktest.Fault{Status: 502, Body: []byte("<html>Bad Gateway</html>")})
	require.Equal(t, "<html>Bad Gateway</html>", html.raw)
	require.Contains(t, html.header.Get("Content-Type"), "text/html")
	require.Empty(t, get(knocktest.Fault{Status: 504, Body: []byte{}}).raw)
	failed := get(knocktest.Fault{Status: 200, Body: []byte(`{"status":"failed"}`)})
	require.Equal(t, "failed", failed.at("status"))
	require.Equal(t, "application/json", failed.header.Get("Content-Type"))
	require.Equal(t, 200, e.do("GET", "/v1/users", "").status, "all are taken back")
	require.Panics(t, func() { e.Fail(knocktest.Fault{Path: "["}) })
}

func TestFaultsBeforeAndAfterTheEffect(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]knocktest.Fault{
		"answered": {Status: 503},
		"reset":    {Reset: true},
		"hanging":  {Hang: true},
	} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after: %t", name, after), func(t *testing.T) {
				t.Parallel()
				e := start(t, knocktest.Config{})
				f := f // shared by both rows of its name
				f.AfterEffect, f.Times = after, 1
				e.Fail(f)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, "POST", e.url+"/v1/workflows/w/trigger",
					strings.NewReader(`{"recipients":[{"id":"u"}]}`))
				require.NoError(t, err)
				req.Header = http.Header{
					"Authorization": {"Bearer sk_1"}, "Content-Type": {"application/json"}, "Idempotency-Key": {"k"},
				}
				// A connection of its own, so that the client does not retry by itself.
				transport := &http.Transport{DisableKeepAlives: true}
				var resp *http.Response
				done := make(chan struct{})
				go func() {
					defer close(done)
					resp, err = transport.RoundTrip(req)
				}()
				if f.Hang {
					require.Eventually(t, func() bool {
						return len(e.Requests()) == 1 && (!after || len(e.Triggers()) == 1)
					}, 5*time.Second, time.Millisecond)
					cancel() // the client gives up
				}
				<-done
				switch {
				case f.Status != 0:
					require.NoError(t, err)
					require.NoError(t, resp.Body.Close())
					require.Equal(t, f.Status, resp.StatusCode)
				case f.Hang:
					require.ErrorIs(t, err, context.Canceled)
				default:
					require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)
				}
				require.Equal(t, after, len(e.Triggers()) == 1)
				require.True(t, e.Requests()[0].Faulted)
				require.Equal(t, f.Status, e.Requests()[0].Status)

				again := e.must("POST", "/v1/workflows/w/trigger", `{"recipients":[{"id":"u"}]}`, "Idempotency-Key", "k")
				require.Equal(t, after, again.header.Get("Idempotent-Replayed") == "true")
				require.Len(t, e.Triggers(), 1)
			})
		}
	}
}

func TestHealLetsGoOfWhatHangs(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.Fail(knocktest.Fault{Hang: true})
	done := make(chan error)
	go func() {
		_, err := e.try("PUT", "/v1/users/u", "{}")
		done <- err
	}()
	require.Eventually(t, func() bool { return len(e.Requests()) == 1 }, 5*time.Second, time.Millisecond)
	e.Heal()
	require.Error(t, <-done)
	require.Empty(t, e.Users())
}

func TestLatencyDelaysTheAnswer(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprint("after the effect: ", after), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := knocktest.New(knocktest.Config{})
				api.Fail(knocktest.Fault{Latency: 3 * time.Second, AfterEffect: after})
				began := time.Now()
				done := make(chan struct{})
				w := httptest.NewRecorder()
				go func() {
					defer close(done)
					req := httptest.NewRequest("PUT", "/v1/users/u", nil)
					req.Header.Set("Authorization", "Bearer sk_1")
					api.ServeHTTP(w, req)
				}()
				synctest.Wait()
				assert.Equal(t, after, len(api.Users()) == 1)
				<-done
				assert.Equal(t, 3*time.Second, time.Since(began))
				assert.Equal(t, 200, w.Code)
				assert.Len(t, api.Users(), 1)
			})
		})
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.Fail(knocktest.Fault{Probability: 0.2, Status: 500})
	e.must2xx("PUT", "/v1/tenants/org", "{}", "")
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 10 {
				id := fmt.Sprintf("u%d", i)
				e.must2xx("PUT", "/v1/users/"+id, fmt.Sprintf(`{"w%d":true}`, worker), "")
				e.must2xx("POST", "/v1/objects/$tenants/org/subscriptions", `{"recipients":[{"id":"`+id+`"}]}`, "")
				e.must2xx("POST", "/v1/workflows/w/trigger", `{"recipients":["`+id+`"]}`, id)
				e.Snapshot()
				e.Requests()
			}
		})
	}
	wg.Wait()
	require.Len(t, e.Users(), 10)
	for _, u := range e.Users() {
		require.Len(t, u.Properties, 8)
	}
	require.Len(t, e.Subscriptions(knocktest.TenantsCollection, "org"), 10)
	require.Len(t, e.Triggers(), 10, "one for each idempotency key")
}

// must2xx repeats a request until it succeeds, as a client would.
func (e *env) must2xx(method, path, body, key string) {
	for range 1000 {
		r, err := e.try(method, path, body, "Idempotency-Key", key)
		if err == nil && r.status < 300 {
			return
		}
	}
	e.t.Errorf("%s %s never succeeded", method, path)
}
