package main

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABodyIsTakenAsClerkHasSignedIt(t *testing.T) {
	t.Parallel()
	body := clerktest.Event("user.created")
	encoded := base64.StdEncoding.EncodeToString(body)
	for name, test := range map[string]struct {
		body   string
		is64   bool
		answer int
		told   string
	}{
		"as it is":             {body: string(body), answer: 200},
		"in base64":            {body: encoded, is64: true, answer: 200},
		"no base64":            {body: "{}", is64: true, answer: 400},
		"base64, but not said": {body: encoded, answer: 401, told: "the body looks like base64, as API gateways send it"},
		"another body":         {body: "{}", answer: 401, told: "no signature matches"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			src, err := clerkknock.New(clerkknock.Config{
				SigningSecrets: []string{clerktest.Secret},
				Executor:       clerkknock.DryRun(slog.New(slog.DiscardHandler)),
				Logger:         slog.New(slog.NewTextHandler(&log, nil)),
			})
			require.NoError(t, err)
			e := events.APIGatewayV2HTTPRequest{
				RawPath: "/webhooks/clerk", Body: test.body, IsBase64Encoded: test.is64, Headers: map[string]string{},
			}
			e.RequestContext.HTTP.Method = http.MethodPost
			for name, values := range clerktest.Sign(clerktest.Secret, "msg_1", time.Now(), body) {
				e.Headers[strings.ToLower(name)] = values[0]
			}
			response, err := function{src}.handle(context.Background(), e)
			require.NoError(t, err)
			assert.Equal(t, test.answer, response.StatusCode)
			assert.Contains(t, log.String(), test.told)
			if test.answer == 200 {
				assert.Contains(t, response.Body, `"outcome":"succeeded"`)
				assert.Equal(t, "application/json", response.Headers["Content-Type"])
			}
		})
	}
}
