package examples_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	fiberv2 "github.com/gofiber/fiber/v2"
	adaptorv2 "github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/labstack/echo/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// served serves a handler on net/http.
func served(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

// consuming mounts a handler behind middleware that reads the body, as each framework's
// users write it, and returns where it is.
var consuming = map[string]func(t *testing.T, h http.Handler) string{
	"nethttp": func(t *testing.T, h http.Handler) string {
		return served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			h.ServeHTTP(w, r)
		}))
	},
	"chi": func(t *testing.T, h http.Handler) string {
		r := chi.NewRouter()
		r.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body)
				next.ServeHTTP(w, r)
			})
		})
		r.Method(http.MethodPost, "/webhooks/clerk", h)
		return served(t, r)
	},
	"gin": func(t *testing.T, h http.Handler) string {
		gin.SetMode(gin.ReleaseMode)
		r := gin.New()
		r.Use(func(c *gin.Context) {
			var event map[string]any
			_ = c.ShouldBindJSON(&event)
		})
		r.POST("/webhooks/clerk", gin.WrapH(h))
		return served(t, r)
	},
	"echo": func(t *testing.T, h http.Handler) string {
		e := echo.New()
		e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c *echo.Context) error {
				var event map[string]any
				_ = c.Bind(&event)
				return next(c)
			}
		})
		e.POST("/webhooks/clerk", echo.WrapHandler(h))
		return served(t, e)
	},
	// Fiber holds the body in memory, where reading leaves it, unless it is asked not to.
	"fiber v2": func(t *testing.T, h http.Handler) string {
		app := fiberv2.New(fiberv2.Config{DisableStartupMessage: true, StreamRequestBody: true})
		app.Use(func(c *fiberv2.Ctx) error {
			_, _ = io.ReadAll(c.Context().RequestBodyStream())
			return c.Next()
		})
		app.Post("/webhooks/clerk", adaptorv2.HTTPHandler(h))
		listener := listen(t)
		go app.Listener(listener)
		t.Cleanup(func() { assert.NoError(t, app.Shutdown()) })
		return "http://" + listener.Addr().String()
	},
	"fiber v3": func(t *testing.T, h http.Handler) string {
		app := fiber.New(fiber.Config{StreamRequestBody: true})
		app.Use(func(c fiber.Ctx) error {
			_, _ = io.ReadAll(c.Request().BodyStream())
			return c.Next()
		})
		app.Post("/webhooks/clerk", adaptor.HTTPHandler(h))
		listener := listen(t)
		go app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true})
		t.Cleanup(func() { assert.NoError(t, app.Shutdown()) })
		return "http://" + listener.Addr().String()
	},
}

func TestTheHostIsToldOfMiddlewareThatConsumesTheBody(t *testing.T) {
	t.Parallel()
	for name, mount := range consuming {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := make(chan error, 1)
			src, err := clerkknock.New(clerkknock.Config{
				SigningSecrets: []string{clerktest.Secret},
				Executor:       clerkknock.DryRun(slog.New(slog.DiscardHandler)),
				Logger:         slog.New(slog.DiscardHandler),
				Observers: []clerkknock.Observer{
					clerkknock.ObserverFunc(func(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
						told <- r.Err
						return nil
					}),
				},
			})
			require.NoError(t, err)
			url := mount(t, src)
			body := clerktest.Event("user.created")
			request := clerktest.NewRequest(url+"/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body)
			request.RequestURI = ""
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			answer, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, http.StatusBadRequest, response.StatusCode)
			assert.Equal(t, "malformed\n", string(answer), "a stranger learns nothing")
			assert.EqualError(t, <-told, "body is already consumed; mount the handler outside of middleware that reads it")
		})
	}
}
