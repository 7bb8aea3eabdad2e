package otelclerkknock

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/ledger"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// failure is the class of an error. Its text stays out: that of a host's own error may
// hold personal data.
func failure(err error) attribute.KeyValue {
	var answer *knock.Error
	switch {
	case errors.As(err, &answer):
		return semconv.ErrorTypeKey.String(strconv.Itoa(answer.Status))
	case errors.Is(err, ledger.ErrBusy), errors.Is(err, ledger.ErrInFlight):
		return semconv.ErrorTypeKey.String("busy")
	case errors.Is(err, context.DeadlineExceeded):
		return semconv.ErrorTypeKey.String("timeout")
	case errors.Is(err, context.Canceled):
		return semconv.ErrorTypeKey.String("canceled")
	}
	return semconv.ErrorTypeOther
}

// refusal is the class of what a request was refused for.
func refusal(r clerkknock.Report) attribute.KeyValue {
	for err, class := range unverified {
		if errors.Is(r.Err, err) {
			return semconv.ErrorTypeKey.String(class)
		}
	}
	if class, ok := refused[r.Answer]; ok {
		return semconv.ErrorTypeKey.String(class)
	}
	return semconv.ErrorTypeOther
}

var unverified = map[error]string{
	clerkknock.ErrMissingHeaders: "missing_headers",
	clerkknock.ErrBadTimestamp:   "bad_timestamp",
	clerkknock.ErrTooOld:         "too_old",
	clerkknock.ErrTooNew:         "too_new",
	clerkknock.ErrNoMatch:        "no_match",
}

var refused = map[int]string{
	http.StatusBadRequest:            "malformed",
	http.StatusUnauthorized:          "unauthorized",
	http.StatusForbidden:             "other_instance",
	http.StatusMethodNotAllowed:      "method",
	http.StatusRequestEntityTooLarge: "too_large",
	http.StatusServiceUnavailable:    "busy",
}
