package otelclerkknock

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
)

// noted is what a host's own executor has noted, below "clerkknock.noted", but for the
// calls, which have spans of their own, and for paths, which name people.
func noted(attrs []slog.Attr) []attribute.KeyValue {
	var all []attribute.KeyValue
	var add func(prefix string, attrs []slog.Attr)
	add = func(prefix string, attrs []slog.Attr) {
		for _, a := range attrs {
			if _, call := requestOf(a); call || a.Key == "path" {
				continue
			}
			name, value := prefix, a.Value.Resolve()
			if a.Key != "" { // a group without a name is none
				name += "." + a.Key
			}
			if value.Kind() == slog.KindGroup {
				add(name, value.Group())
				continue
			}
			all = append(all, attribute.KeyValue{Key: attribute.Key(name), Value: valueOf(value)})
		}
	}
	add("clerkknock.noted", attrs)
	return all
}

func valueOf(v slog.Value) attribute.Value {
	switch v.Kind() {
	case slog.KindBool:
		return attribute.BoolValue(v.Bool())
	case slog.KindInt64:
		return attribute.Int64Value(v.Int64())
	case slog.KindFloat64:
		return attribute.Float64Value(v.Float64())
	case slog.KindDuration:
		return attribute.Float64Value(v.Duration().Seconds())
	}
	return attribute.StringValue(v.String())
}
