package eventlog

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/clerkknock/clerkknock"
)

// MarshalJSON shows the Entry as a person wants to read it, without the headers and
// the body of its delivery and the parameters that were sent. To store an Entry, store its
// fields.
func (e Entry) MarshalJSON() ([]byte, error) {
	shown := struct {
		Seq        int64              `json:"seq"`
		ID         string             `json:"id"`
		Type       string             `json:"type,omitempty"`
		Outcome    clerkknock.Outcome `json:"outcome"`
		ReceivedAt time.Time          `json:"received_at,omitzero"`
		ChangedAt  time.Time          `json:"changed_at,omitzero"`
		At         time.Time          `json:"at"`
		Entities   []string           `json:"entities,omitempty"`
		Attempts   int                `json:"attempts"`
		Waits      int                `json:"waits,omitempty"`
		Refusals   int                `json:"refusals,omitempty"`
		LeftOut    int                `json:"left_out,omitempty"`
		Reports    []json.RawMessage  `json:"reports"`
	}{
		e.Seq, e.Delivery.ID, e.Type, e.Outcome, e.Delivery.ReceivedAt, e.ChangedAt, e.At, e.Entities,
		e.Attempts, e.Waits, e.Refusals, e.LeftOut, make([]json.RawMessage, len(e.Reports)),
	}
	for i, r := range e.Reports {
		var err error
		if shown.Reports[i], err = EncodeReport(r); err != nil {
			return nil, err
		}
	}
	return json.Marshal(shown)
}

// Format prints nothing of what a Memory holds, whatever the verb.
func (l *Memory) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "eventlog.Memory") }

// Format prints the Entry without the headers and the body of its delivery, whatever the verb.
func (e Entry) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.LogValue().String()) }

// LogValue logs the Entry without the headers and the body of its delivery.
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("seq", e.Seq),
		slog.Any("delivery", e.Delivery),
		slog.String("outcome", string(e.Outcome)),
		slog.Int("attempts", e.Attempts),
	)
}
