package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	fiberv2 "github.com/gofiber/fiber/v2"
	adaptorv2 "github.com/gofiber/fiber/v2/middleware/adaptor"
	fiberv3 "github.com/gofiber/fiber/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Fiber uses the memory of a request's headers again for the next request of the
// connection. What is kept of one must not change with the other.
func TestEachEventOfAConnectionIsExecutedOnceWithItsOwnIDs(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(net.Listener, *clerkknock.Source) (stop func() error){
		"v3": func(l net.Listener, src *clerkknock.Source) func() error {
			app := newApp(src)
			go app.Listener(l, fiberv3.ListenConfig{DisableStartupMessage: true})
			return app.Shutdown
		},
		"v3 without the adaptor": func(l net.Listener, src *clerkknock.Source) func() error {
			app := fiberv3.New()
			app.Post("/webhooks/clerk", src)
			go app.Listener(l, fiberv3.ListenConfig{DisableStartupMessage: true})
			return app.Shutdown
		},
		"v2": func(l net.Listener, src *clerkknock.Source) func() error {
			app := fiberv2.New(fiberv2.Config{DisableStartupMessage: true})
			app.Post("/webhooks/clerk", adaptorv2.HTTPHandler(src))
			go app.Listener(l)
			return app.Shutdown
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := knocktest.New(knocktest.Config{})
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			stop := serve(listener, welcoming(t, api))
			t.Cleanup(func() { assert.NoError(t, stop()) })

			conn, err := net.Dial("tcp", listener.Addr().String())
			require.NoError(t, err)
			answers := bufio.NewReader(conn)
			const events = 1000
			for i := range events {
				post(t, conn, answers, i)
			}
			require.NoError(t, conn.Close())

			welcomed := map[string]string{}
			for _, trigger := range api.Triggers() {
				welcomed[trigger.Recipients[0].ID] = fmt.Sprint(trigger.Data["svix_id"])
			}
			require.Len(t, api.Triggers(), events)
			for i := range events {
				assert.Equal(t, messageID(i), welcomed[userID(i)])
			}
		})
	}
}

func userID(i int) string    { return fmt.Sprintf("user_%04d", i) }
func messageID(i int) string { return fmt.Sprintf("msg_%04d", i) }

// welcoming triggers a workflow for each new user, which says what message it was.
func welcoming(t *testing.T, api *knocktest.API) *clerkknock.Source {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	executor, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: server.URL})
	require.NoError(t, err)
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       executor,
		Logger:         slog.New(slog.DiscardHandler),
		Mapper: clerkknock.NewMapper(clerkknock.Mapping{
			Event: "user.created", Action: clerkknock.WorkflowsTrigger,
			Params: clerkknock.Params{
				"key":        clerkknock.Literal("welcome"),
				"recipients": clerkknock.Path("data.id"),
				"data":       clerkknock.Object(clerkknock.Params{"svix_id": clerkknock.Path("headers.svix-id")}),
			},
		}),
	})
	require.NoError(t, err)
	return src
}

// post posts an event over the connection.
func post(t *testing.T, conn net.Conn, answers *bufio.Reader, i int) {
	t.Helper()
	body := clerktest.Event("user.created", clerktest.Set("data.id", userID(i)))
	request := clerktest.NewRequest("http://host/webhooks/clerk", clerktest.Secret, messageID(i), time.Now(), body)
	require.NoError(t, request.Write(conn))
	response, err := http.ReadResponse(answers, request)
	require.NoError(t, err)
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(answer))
	require.Contains(t, string(answer), `"outcome":"succeeded"`)
	require.Contains(t, string(answer), messageID(i))
}
