package main_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// rendering stands for Knock: the request is made and not sent.
func rendering(_ context.Context, inv clerkknock.Invocation) error {
	_, err := knock.Render(inv)
	return err
}

func newSource(t testing.TB, e clerkknock.ExecutorFunc) *clerkknock.Source {
	src, err := clerkknock.New(clerkknock.Config{
		Verifier: newVerifier(t),
		Mapper:   newMapper(),
		Executor: e,
		// It has forgotten a delivery when that comes round again.
		Ledger: &ledger.Memory{Capacity: distinct / 2, Logger: slog.New(slog.DiscardHandler)},
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	return src
}

// bare is what a handler cannot do without.
func bare(w http.ResponseWriter, r *http.Request) {
	if _, err := io.ReadAll(r.Body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// byFloor does the least that a receiver of signed JSON has to do.
func byFloor(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !floor(body) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// byPeer is the handler around the better peer.
func byPeer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if _, err := peers["structs"](body, r.Header); err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// inProcess calls a handler with requests as net/http makes them.
func inProcess(h http.Handler) func(b *testing.B, p payload) {
	return func(b *testing.B, p payload) {
		all := p.deliveries()
		for b.Loop() {
			w := connection{httptest.NewRecorder()}
			h.ServeHTTP(w, all.next().request())
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	}
}

// connection is a recorder that takes a deadline, as a connection does; to be
// told that there is none costs more than to set one.
type connection struct{ *httptest.ResponseRecorder }

func (connection) SetReadDeadline(time.Time) error { return nil }

func BenchmarkHandler(b *testing.B)     { each(b, inProcess(newSource(b, rendering))) }
func BenchmarkHandlerBare(b *testing.B) { each(b, inProcess(http.HandlerFunc(bare))) }
func BenchmarkHandlerPeer(b *testing.B) { each(b, inProcess(http.HandlerFunc(byPeer))) }

// overHTTP calls a handler over loopback, with so many requests in flight that no
// CPU waits for one. The clients share the CPUs with the server.
func overHTTP(h http.Handler) func(b *testing.B, p payload) {
	return func(b *testing.B, p payload) {
		server := httptest.NewServer(h)
		defer server.Close()
		all := p.deliveries()
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
		b.SetParallelism(8)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				d := all.next()
				r, err := http.NewRequest(http.MethodPost, server.URL, bytes.NewReader(d.body))
				if err != nil {
					b.Error(err)
					return
				}
				r.Header = d.header
				resp, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					b.Error(resp.Status)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	}
}

func BenchmarkHTTP(b *testing.B)      { each(b, overHTTP(newSource(b, rendering))) }
func BenchmarkHTTPBare(b *testing.B)  { each(b, overHTTP(http.HandlerFunc(bare))) }
func BenchmarkHTTPFloor(b *testing.B) { each(b, overHTTP(http.HandlerFunc(byFloor))) }
func BenchmarkHTTPPeer(b *testing.B)  { each(b, overHTTP(http.HandlerFunc(byPeer))) }

// What is refused must cost less than what is accepted.
func BenchmarkRefused(b *testing.B) {
	p := read(b, "user-20kB")
	src := newSource(b, rendering)
	unsigned := p.header.Clone()
	unsigned.Del("svix-signature")
	forged := p.header.Clone()
	forged.Set("svix-signature", "v1,"+strings.Repeat("A", 43)+"=")
	for name, c := range map[string]struct {
		header http.Header
		length int64
		status int
	}{
		"unsigned":  {unsigned, int64(len(p.body)), http.StatusBadRequest},
		"forged":    {forged, int64(len(p.body)), http.StatusUnauthorized},
		"oversized": {p.header, 2 << 20, http.StatusRequestEntityTooLarge},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := connection{httptest.NewRecorder()}
				src.ServeHTTP(w, &http.Request{
					Method: http.MethodPost, Header: c.header, ContentLength: c.length, Body: io.NopCloser(bytes.NewReader(p.body)),
				})
				if w.Code != c.status {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
