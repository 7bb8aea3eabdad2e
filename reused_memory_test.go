package clerkknock_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/stretchr/testify/require"
)

// reuse serves a connection as frameworks on fasthttp do through their adaptors: the
// strings of a request's headers are views of a buffer that the next request
// overwrites.
func reuse(c net.Conn, h http.Handler) {
	defer c.Close()
	buffer := make([]byte, 64<<10)
	r := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		used := 0
		view := func(s string) string {
			n := copy(buffer[used:], s)
			used += n
			return text.View(buffer[used-n : used])
		}
		header := http.Header{}
		for name, values := range req.Header {
			for _, value := range values {
				header[view(name)] = append(header[name], view(value))
			}
		}
		req.Header = header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		resp := w.Result()
		resp.ContentLength = int64(w.Body.Len())
		_ = resp.Write(c)
		copy(buffer, bytes.Repeat([]byte{'#'}, used))
	}
}

func TestWhatOutlivesARequestIsCopied(t *testing.T) {
	t.Parallel()
	const events = 1000
	log := &eventlog.Memory{Capacity: 2 * events}
	box := &inbox{}
	for name, config := range map[string]clerkknock.Config{
		"executed": {Observers: []clerkknock.Observer{log}},
		"stored":   {Inbox: box},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			executor := &recorder{}
			config.Executor, config.KeepHeaders = executor, []string{"X-Trace"}
			s := source(t, config)
			client, server := net.Pipe()
			var served sync.WaitGroup
			served.Go(func() { reuse(server, s) })
			answers := bufio.NewReader(client)
			for i := range events {
				id := fmt.Sprintf("msg_%07d", i)
				body := fmt.Sprintf(`{"type":"user.created","data":{"id":"user_%07d","object":"user"}}`, i)
				now := time.Now().Unix()
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://host/webhooks/clerk",
					strings.NewReader(body))
				require.NoError(t, err)
				req.Header = headers(id, strconv.FormatInt(now, 10), sign(secret, id, now, body))
				req.Header.Set("X-Trace", id)
				go func() { _ = req.Write(client) }()
				resp, err := http.ReadResponse(answers, req)
				require.NoError(t, err)
				require.Less(t, resp.StatusCode, 300)
				var answer bytes.Buffer
				_, err = answer.ReadFrom(resp.Body)
				require.NoError(t, err)
				require.NotContains(t, answer.String(), "duplicate")
			}
			require.NoError(t, client.Close())
			served.Wait()

			ids := map[string]bool{}
			note := func(d clerkknock.Delivery) {
				ids[d.ID] = true
				require.Equal(t, []string{d.ID}, d.Header["Svix-Id"])
				require.Equal(t, []string{d.ID}, d.Header["X-Trace"])
				require.Contains(t, string(d.Body), strings.TrimPrefix(d.ID, "msg_"))
			}
			if name == "stored" {
				for _, d := range box.got {
					note(d)
				}
				require.Len(t, ids, events)
				return
			}
			entries, err := log.Entries(t.Context(), eventlog.Query{Limit: 2 * events})
			require.NoError(t, err)
			for _, e := range entries {
				note(e.Delivery)
			}
			require.Len(t, ids, events)
			executed := map[string]bool{}
			for _, inv := range executor.got {
				executed[inv.Action.Text("id")] = true
				require.Equal(t, inv.Event.ID, inv.Event.Header.Get("Svix-Id"))
			}
			require.Len(t, executed, events)
		})
	}
}
