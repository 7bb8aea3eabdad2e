package clerkknock_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// unreadable is a body that nobody may touch.
type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body of a stranger was read")
	return 0, io.EOF
}

func TestTheBodyIsNotReadBeforeTheHeadersAreRight(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit   func(http.Header)
		status int
	}{
		"no signature": {func(h http.Header) { h.Del("Svix-Signature") }, 400},
		"too old": {func(h http.Header) {
			h.Set("Svix-Timestamp", strconv.FormatInt(time.Now().Add(-time.Hour).Unix(), 10))
		}, 401},
		"no time": {func(h http.Header) { h.Set("Svix-Timestamp", "yesterday") }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := source(t, clerkknock.Config{Executor: &recorder{}})
			r := signed(t, userCreated, unreadable{t})
			test.edit(r.Header)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			require.Equal(t, test.status, w.Code)
		})
	}
}

// waiting is a body that is sent but for its last byte, until it may go on.
type waiting struct {
	io.Reader
	sent func()
	goOn <-chan struct{}
}

func (b *waiting) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		b.sent()
		<-b.goOn
	}
	return n, err
}

func TestBodiesInFlightAreBounded(t *testing.T) {
	t.Parallel()
	const size, fit = 1000, 5
	s := source(t, clerkknock.Config{Executor: &recorder{}, MaxBodyBytes: size, MaxInFlightBytes: fit * size})
	body := strings.Repeat("x", size)
	goOn := make(chan struct{})
	var sent, answered sync.WaitGroup
	sent.Add(fit)
	for range fit {
		r := signed(t, "another body", &waiting{strings.NewReader(body), sent.Done, goOn})
		r.ContentLength = size
		answered.Go(func() {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != 401 {
				t.Error("a forged body: ", w.Code)
			}
		})
	}
	sent.Wait()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, signed(t, userCreated, strings.NewReader(userCreated)))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	close(goOn)
	answered.Wait()
	w = httptest.NewRecorder()
	s.ServeHTTP(w, signed(t, userCreated, strings.NewReader(userCreated)))
	require.Equal(t, 200, w.Code, "what was in flight has gone")
}
