package listen

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Format prints the Delivery without its headers and its body, whatever the verb.
func (d Delivery) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "%s (%d bytes)", d.ID, len(d.Body)) }

// LogValue logs the Delivery without its headers and its body.
func (d Delivery) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(d)) }

// MarshalJSON shows the Delivery without its headers and its body. To store a Delivery,
// store its fields.
func (d Delivery) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"id": d.ID, "bytes": len(d.Body)})
}
