package listen

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// shown is what of a delivery may be seen anywhere.
func (d Delivery) shown() string { return fmt.Sprintf("delivery %q of %d bytes", d.ID, len(d.Body)) }

// Format prints the Delivery without its headers and its body, whatever the verb.
func (d Delivery) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, d.shown()) }

// LogValue logs the Delivery without its headers and its body.
func (d Delivery) LogValue() slog.Value { return slog.StringValue(d.shown()) }

// MarshalJSON shows the Delivery without its headers and its body.
func (d Delivery) MarshalJSON() ([]byte, error) { return json.Marshal(d.shown()) }
