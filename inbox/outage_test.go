//go:build unix

package inbox_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// proxy stands before a server, and can be cut: what is connected breaks, and
// nothing new connects.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]struct{}
}

func newProxy(t testing.TB, target string) *proxy {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener, target: target, conns: map[net.Conn]struct{}{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.set(true)
		serving.Wait()
	})
	return p
}

func (p *proxy) serve(conn net.Conn) {
	defer conn.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	if p.cut {
		p.mu.Unlock()
		return
	}
	p.conns[conn] = struct{}{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, conn)
	}()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(conn, server)
		_ = conn.Close()
	})
	_, _ = io.Copy(server, conn)
	_ = server.Close()
	back.Wait()
}

func (p *proxy) set(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
	if cut {
		for conn := range p.conns {
			_ = conn.Close()
		}
	}
}

// Under load the database is lost and comes back, three times, and the host
// stays up: what cannot be stored is refused, and what is accepted is done.
func TestALostDatabaseIsAnErrorAndThenOver(t *testing.T) {
	t.Parallel()
	at, k := postgresSite(t), newKnockSide(t)
	dsn, err := url.Parse(smallPool(databaseURL(t)))
	require.NoError(t, err)
	p := newProxy(t, dsn.Host)
	dsn.Host = p.listener.Addr().String()
	b := openPostgres(t, dsn.String(), inbox.Config{Schema: at.schema, JobTimeout: 2 * time.Second})
	knock := remote{k.URL, &http.Client{Timeout: time.Second}}
	src := newSource(t, b, identifyAndTrigger(), knock.Execute)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	require.NoError(t, b.Start(ctx, src.Process))
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	server := httptest.NewServer(mux)
	defer server.Close()
	s := startSenders(t, 4, 1_000_000, 10*time.Millisecond, func() []string { return []string{server.URL} })
	more := func() {
		t.Helper()
		before := len(s.acknowledged())
		require.Eventually(t, func() bool { return len(s.acknowledged()) > before+50 }, soon, often)
	}
	more()
	assert.Zero(t, s.refused.Load(), "refused while there is a database")
	var slowest time.Duration
	for range 3 {
		p.set(true)
		refused := s.refused.Load()
		require.Eventually(t, func() bool { return s.refused.Load() > refused+20 }, soon, often)
		p.set(false)
		restored := time.Now()
		more()
		slowest = max(slowest, time.Since(restored))
	}
	s.stop()
	restored := time.Now()
	settledWithin(t, b, 90*time.Second)
	took := time.Since(restored)
	t.Logf("database lost 3 times: %d posts refused; 50 accepted at most %v after it was back, all done after %v; %s",
		s.refused.Load(), slowest.Round(time.Millisecond), took.Round(10*time.Millisecond),
		account(t, at, k, s.acknowledged()))
}
