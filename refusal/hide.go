package refusal

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Format prints the Request without its headers and its body, whatever the verb.
func (r Request) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, r.shown()) }

// LogValue logs the Request without its headers and its body.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.shown()) }

// MarshalJSON shows the Request without its headers and its body.
func (r Request) MarshalJSON() ([]byte, error) { return json.Marshal(r.shown()) }

func (r Request) shown() string { return fmt.Sprintf("a request of %d bytes", len(r.Body)) }

// Format prints the Config without its secrets, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.shown()) }

// LogValue logs the Config without its secrets.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.shown()) }

// MarshalJSON shows the Config without its secrets.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.shown()) }

func (c Config) shown() string { return fmt.Sprintf("refusal.Config with %d secrets", len(c.Secrets)) }
