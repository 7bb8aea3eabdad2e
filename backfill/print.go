package backfill

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Format prints the Record without its Data, whatever the verb.
func (r Record) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "%s (%d bytes)", r.Kind, len(r.Data)) }

// LogValue logs the Record without its Data.
func (r Record) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// MarshalJSON shows the Record without its Data. To store a Record, store its fields.
func (r Record) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"kind": r.Kind, "position": r.Position, "bytes": len(r.Data)})
}
