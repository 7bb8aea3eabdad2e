package otelclerkknock

import (
	"log/slog"
	"time"

	"github.com/clerkknock/clerkknock"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// request is what an executor has noted of a call, in the words of knock.Executor.
type request struct {
	method   string
	at       time.Time
	took     time.Duration
	waited   time.Duration
	attempts int
	status   int
	id, run  string
}

// requestsOf returns the calls that a step has made. What an executor has noted without
// its time is none.
func requestsOf(s clerkknock.StepReport) []request {
	var all []request
	for _, a := range s.Attrs {
		if r, ok := requestOf(a); ok {
			all = append(all, r)
		}
	}
	return all
}

func requestOf(a slog.Attr) (request, bool) {
	r := request{attempts: 1}
	if a.Key != "request" || a.Value.Kind() != slog.KindGroup {
		return r, false
	}
	for _, a := range a.Value.Group() {
		switch v := a.Value.Resolve(); a.Key + " " + v.Kind().String() {
		case "method String":
			r.method = v.String()
		case "at Time":
			r.at = v.Time()
		case "took Duration":
			r.took = v.Duration()
		case "waited Duration":
			r.waited = v.Duration()
		case "attempts Int64":
			r.attempts = int(v.Int64())
		case "status Int64":
			r.status = int(v.Int64())
		case "request_id String":
			r.id = v.String()
		case "workflow_run_id String":
			r.run = v.String()
		}
	}
	return r, !r.at.IsZero()
}

// labels are what a metric tells calls apart by. last is the failure of the step that
// ended with this call, nil if it went on.
func (r request) labels(s clerkknock.StepReport, last error) []attribute.KeyValue {
	all := []attribute.KeyValue{actionOf(s), semconv.HTTPRequestMethodKey.String(r.method)}
	if r.status != 0 {
		all = append(all, semconv.HTTPResponseStatusCode(r.status))
	}
	if last != nil {
		all = append(all, failure(last))
	}
	return all
}

// details are what else a span tells of a call.
func (r request) details() []attribute.KeyValue {
	var all []attribute.KeyValue
	if r.attempts > 1 {
		all = append(all, semconv.HTTPRequestResendCount(r.attempts-1))
	}
	if r.waited > 0 {
		all = append(all, requestWait.Float64(r.waited.Seconds()))
	}
	if r.id != "" {
		all = append(all, requestID.String(r.id))
	}
	if r.run != "" {
		all = append(all, workflowRunID.String(r.run))
	}
	return all
}

// endedBy is the failure of a step with the last of its calls, nil with the others.
func endedBy(s clerkknock.StepReport, i, calls int) error {
	if i == calls-1 {
		return s.Err
	}
	return nil
}

// actionOf is what a step does: an action of Knock's, or host code.
func actionOf(s clerkknock.StepReport) attribute.KeyValue {
	if s.Action == "" {
		return action.String("handle")
	}
	return action.String(string(s.Action))
}
