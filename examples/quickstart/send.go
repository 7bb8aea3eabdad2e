package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// send posts an event to the quickstart that is running at ADDR.
func send(ctx context.Context, s settings, eventType string, out io.Writer) error {
	switch {
	case s.made:
		return errors.New("-send cannot sign; set CLERK_WEBHOOK_SIGNING_SECRET as the quickstart prints it")
	case s.realKnock():
		return errors.New("-send would write the people of the example into your Knock environment; unset KNOCK_API_KEY")
	case !slices.Contains(clerktest.Types(), eventType):
		return fmt.Errorf("there is no event %q; send one of %s", eventType, strings.Join(clerktest.Types(), ", "))
	}
	if err := post(ctx, s, "msg_"+strings.ToLower(rand.Text()), eventType); err != nil {
		return fmt.Errorf("%s: %w", eventType, err)
	}
	_, err := fmt.Fprintf(out, "%s is accepted; the quickstart at %s prints what it leads to\n", eventType, s.addr)
	return err
}

// post posts an event that is dated now, so that it is newer than all that has been sent
// before.
func post(ctx context.Context, s settings, id, eventType string) error {
	now := time.Now()
	status, err := deliver(ctx, s.addr, s.signing(), id, now, clerktest.Event(eventType, datedAt(now)))
	if err == nil && status >= http.StatusMultipleChoices {
		return fmt.Errorf("answered %d", status)
	}
	return err
}

// deliver does what Clerk does: it posts an event, signed with the secret.
func deliver(ctx context.Context, addr, secret, id string, at time.Time, body []byte) (status int, err error) {
	req := clerktest.NewRequest("http://"+addr+"/webhooks/clerk", secret, id, at, body).WithContext(ctx)
	req.RequestURI = "" // a request for a client has none
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// datedAt dates the event, and whom and what it is about.
func datedAt(at time.Time) clerktest.Edit {
	return func(event map[string]any) {
		event["timestamp"] = at.UnixMilli()
		data, _ := event["data"].(map[string]any)
		for _, about := range []any{data, data["user"], data["organization"]} {
			if entity, ok := about.(map[string]any); ok {
				entity["updated_at"] = at.UnixMilli()
			}
		}
	}
}
