package clerkknock

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
)

// What is printed or logged by mistake shows neither secrets nor personal data. To
// store a delivery, store its fields.

// Format prints the Config without its secrets, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.LogValue().String()) }

// LogValue logs the Config without its secrets.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("signing_secrets", len(c.SigningSecrets)),
		slog.String("executor", fmt.Sprintf("%T", c.Executor)),
		slog.Bool("inbox", c.Inbox != nil),
		slog.Any("instance_ids", c.InstanceIDs),
	)
}

// Format prints the Delivery without its headers and its body, whatever the verb.
func (d Delivery) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, d.LogValue().String()) }

// LogValue logs the Delivery without its headers and its body.
func (d Delivery) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", clip(d.ID)),
		slog.String("received_at", d.ReceivedAt.Format(time.RFC3339)),
		slog.Int("bytes", len(d.Body)),
	)
}

// Format prints the Action's type and the names of its parameters, whatever the verb.
func (a Action) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%s(%s)", string(a.Type), strings.Join(slices.Sorted(maps.Keys(a.Params)), ", "))
}

// LogValue logs the Action's type and the names of its parameters.
func (a Action) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(a)) }

// LogValue logs the Invocation without the values of its parameters.
func (inv Invocation) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("mapping", inv.MappingID),
		slog.Any("action", inv.Action),
		slog.Any("event", inv.Event),
	)
}
