// Package memnet serves HTTP over pipes in memory, for tests on a fake clock: a bubble
// of testing/synctest cannot wait for sockets.
package memnet

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Serve serves a handler until the test ends, and returns a client that reaches it under
// every http URL. Within a bubble stop it before its end.
func Serve(t testing.TB, h http.Handler) (client *http.Client, stop func()) {
	t.Helper()
	l := &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) }) // ends with http.ErrServerClosed
	transport := &http.Transport{DialContext: l.dial, MaxIdleConnsPerHost: 64}
	stop = sync.OnceFunc(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		serving.Wait()
	})
	t.Cleanup(stop)
	return &http.Client{Transport: transport}, stop
}

// listener accepts the far ends of the pipes that dial makes.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

var errClosed = errors.New("the server is closed")

func (l *listener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, errClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }
