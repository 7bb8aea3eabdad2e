package knock

import (
	"log/slog"
	"time"

	"github.com/tidwall/gjson"
)

// sending is how a request fared.
type sending struct {
	at time.Time
	// waited is how long it waited for its turn under the rate limit.
	waited time.Duration
	// attempts is how often it was sent.
	attempts int
	// answer is the last one, empty if none came.
	answer response
}

// noted is what of a request and its answer goes into the step's report.
func (s sending) noted(r Request) slog.Attr {
	attrs := append(describe(r), slog.Time("at", s.at), slog.Duration("took", time.Since(s.at)))
	if s.waited >= time.Millisecond { // less is no wait, but what it takes to ask
		attrs = append(attrs, slog.Duration("waited", s.waited))
	}
	if s.attempts != 1 {
		attrs = append(attrs, slog.Int("attempts", s.attempts))
	}
	if s.answer.status != 0 {
		attrs = append(attrs, slog.Int("status", s.answer.status))
	}
	if id := word(s.answer.header.Get("X-Request-Id")); id != "" {
		attrs = append(attrs, slog.String("request_id", id))
	}
	if id := word(gjson.GetBytes(s.answer.body, "workflow_run_id").String()); id != "" {
		attrs = append(attrs, slog.String("workflow_run_id", id))
	}
	return slog.Group("request", attrs...)
}
