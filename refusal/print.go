package refusal

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Format prints how long the body is, and nothing of the Request, whatever the verb.
func (r Request) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "a request of %d bytes", len(r.Body)) }

// LogValue logs how long the body is.
func (r Request) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// MarshalJSON shows how long the body is. To store a Request, store its fields.
func (r Request) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int{"bytes": len(r.Body)})
}

// LogValue logs the Config without its secrets.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalJSON shows the Config without its secrets.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"secrets": len(c.Secrets), "received_at": c.ReceivedAt, "tolerance": c.Tolerance})
}
