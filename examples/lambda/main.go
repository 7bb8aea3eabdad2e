// Command lambda is clerkknock as a function of AWS Lambda, behind an HTTP API of API
// Gateway or a function URL, both with payload format 2.0.
//
//	GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap ./examples/lambda
//	zip function.zip bootstrap
//
// Settings come from the environment:
//
//	CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint; required
//	DATABASE_URL                  of a PostgreSQL, in which all instances of the function remember what they
//	                              have done; unset: each by itself, so reserve a concurrency of 1
//	KNOCK_API_KEY                 of the Knock environment to write to; unset: actions are only logged
//
// Give the function a timeout of 15 seconds, beyond the Budget of 10 that a request has.
// It answers when all is done, and Svix delivers again what has failed: an instance sleeps
// between its events, so that no worker could go on in it.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/knock"
)

func main() {
	src, err := newSource(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "lambda:", err)
		os.Exit(1)
	}
	lambda.Start(function{src}.handle)
}

func newSource(ctx context.Context) (*clerkknock.Source, error) {
	config := clerkknock.Config{
		SigningSecrets: []string{os.Getenv("CLERK_WEBHOOK_SIGNING_SECRET")},
		Executor:       clerkknock.DryRun(slog.Default()),
	}
	if key := os.Getenv("KNOCK_API_KEY"); key != "" {
		executor, err := knock.New(knock.Config{APIKey: key})
		if err != nil {
			return nil, err
		}
		config.Executor = executor
	}
	if url := os.Getenv("DATABASE_URL"); url != "" {
		box, err := postgres.Open(ctx, url, inbox.Config{})
		if err != nil {
			return nil, err
		}
		config.Ledger = box.Ledger() // and nothing else: the inbox is not started
	}
	return clerkknock.New(config)
}

// function passes requests on to a handler.
type function struct{ http.Handler }

// handle is what Lambda calls for each request.
func (f function) handle(ctx context.Context, e events.APIGatewayV2HTTPRequest) (
	events.APIGatewayV2HTTPResponse, error,
) {
	r, err := request(ctx, e)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusBadRequest}, nil
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	headers := map[string]string{}
	for name := range w.Header() {
		headers[name] = w.Header().Get(name)
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: w.Code, Headers: headers, Body: w.Body.String()}, nil
}

// request is what Clerk has sent. The gateway may have put its body into base64: the
// signature is over the bytes themselves.
func request(ctx context.Context, e events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, e.RequestContext.HTTP.Method, e.RawPath, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	return r, nil
}
