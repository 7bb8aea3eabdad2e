package eventlog

import (
	"encoding/json"
	"log/slog"
	"time"

	"github.com/clerkknock/clerkknock"
)

// MarshalJSON shows the Entry as a person wants to read it, without the headers and
// the body of its delivery. To store an Entry, store its fields.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Seq        int64             `json:"seq"`
		ID         string            `json:"id"`
		ReceivedAt time.Time         `json:"received_at,omitzero"`
		At         time.Time         `json:"at"`
		Attempts   int               `json:"attempts"`
		Report     clerkknock.Report `json:"report"`
		Error      string            `json:"error,omitempty"`
	}{e.Seq, e.Delivery.ID, e.Delivery.ReceivedAt, e.At, e.Attempts, e.Report, e.Error})
}

// LogValue logs the Entry without the headers and the body of its delivery.
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("seq", e.Seq),
		slog.Any("delivery", e.Delivery),
		slog.String("outcome", string(e.Report.Outcome)),
		slog.Int("attempts", e.Attempts),
	)
}
