package eventlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clerkknock/clerkknock"
)

// EncodeReport encodes all of a report but the actions that were planned, for a Log that
// stores text: one line, without NUL. A report's own JSON is the shorter one that the
// sender of a delivery gets.
func EncodeReport(r clerkknock.Report) ([]byte, error) {
	stored := storedReport{Report: r, At: r.At, Took: r.Took, Answer: r.Answer, Error: encodeError(r.Err)}
	stored.Steps = make([]storedStep, len(r.Steps))
	for i, s := range r.Steps {
		stored.Steps[i] = storedStep{
			StepReport: s, At: s.At, Took: s.Took, Revision: s.Revision,
			Attrs: encodeAttrs(s.Attrs), Error: encodeError(s.Err),
		}
	}
	return json.Marshal(stored)
}

// EncodePlanned encodes the actions that were planned by step, which are personal data. It is nil
// if there were none.
func EncodePlanned(r clerkknock.Report) ([]byte, error) {
	planned := make(map[string]clerkknock.Action)
	for _, s := range r.Steps {
		if s.Planned.Type != "" {
			planned[s.ID] = s.Planned
		}
	}
	if len(planned) == 0 {
		return nil, nil
	}
	return json.Marshal(planned)
}

// DecodePlanned sets the actions of a report that EncodePlanned has encoded.
func DecodePlanned(data []byte, r *clerkknock.Report) error {
	if len(data) == 0 {
		return nil
	}
	var planned map[string]clerkknock.Action
	if err := json.Unmarshal(data, &planned); err != nil {
		return fmt.Errorf("eventlog: stored actions cannot be read: %w", err)
	}
	for i := range r.Steps {
		r.Steps[i].Planned = planned[r.Steps[i].ID]
	}
	return nil
}

// encodeError keeps what JSON would replace.
func encodeError(err error) string {
	if err == nil {
		return ""
	}
	text := clip(err.Error())
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || strings.HasPrefix(text, `"`) {
		return strconv.QuoteToASCII(text)
	}
	return text
}

func decodeError(text string) error {
	if text == "" {
		return nil
	}
	if unquoted, err := strconv.Unquote(text); err == nil && strings.HasPrefix(text, `"`) {
		text = unquoted
	}
	return textError(text)
}

// DecodeReport is the reverse of EncodeReport.
func DecodeReport(data []byte) (clerkknock.Report, error) {
	var stored storedReport
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&stored); err != nil {
		return clerkknock.Report{}, fmt.Errorf("eventlog: stored report cannot be read: %w", err)
	}
	r := stored.Report
	r.At, r.Took, r.Answer, r.Err = stored.At, stored.Took, stored.Answer, decodeError(stored.Error)
	r.Steps = make([]clerkknock.StepReport, len(stored.Steps))
	for i, s := range stored.Steps {
		r.Steps[i] = s.StepReport
		r.Steps[i].At, r.Steps[i].Took, r.Steps[i].Revision = s.At, s.Took, s.Revision
		r.Steps[i].Attrs, r.Steps[i].Err = decodeAttrs(s.Attrs), decodeError(s.Error)
	}
	return r, nil
}

// storedReport is a report with what its own JSON leaves out.
type storedReport struct {
	clerkknock.Report
	At     time.Time     `json:"at"`
	Took   time.Duration `json:"took"`
	Answer int           `json:"answer,omitempty"`
	Error  string        `json:"error,omitempty"`
	Steps  []storedStep  `json:"steps,omitempty"`
}

type storedStep struct {
	clerkknock.StepReport
	At   time.Time     `json:"at,omitzero"`
	Took time.Duration `json:"took,omitempty"`
	// Revision is that of the mapping.
	Revision string       `json:"revision,omitempty"`
	Attrs    []storedAttr `json:"attrs,omitempty"`
	Error    string       `json:"error,omitempty"`
}

// storedAttr is an attribute; a list keeps their order, which an object would not.
type storedAttr struct {
	Key   string       `json:"key"`
	Value any          `json:"value,omitempty"`
	Group []storedAttr `json:"group,omitempty"`
}

func encodeAttrs(attrs []slog.Attr) []storedAttr {
	stored := make([]storedAttr, len(attrs))
	for i, a := range attrs {
		stored[i].Key = a.Key
		switch v := a.Value.Resolve(); v.Kind() {
		case slog.KindGroup:
			stored[i].Group = encodeAttrs(v.Group())
		case slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindBool:
			stored[i].Value = v.Any()
		default:
			stored[i].Value = v.String()
		}
	}
	return stored
}

func decodeAttrs(stored []storedAttr) []slog.Attr {
	if len(stored) == 0 {
		return nil
	}
	attrs := make([]slog.Attr, len(stored))
	for i, s := range stored {
		attrs[i] = slog.Any(s.Key, s.Value)
		if s.Group != nil {
			attrs[i].Value = slog.GroupValue(decodeAttrs(s.Group)...)
		}
		if n, ok := s.Value.(json.Number); ok {
			attrs[i].Value = number(n)
		}
	}
	return attrs
}

func number(n json.Number) slog.Value {
	if i, err := n.Int64(); err == nil {
		return slog.Int64Value(i)
	}
	f, _ := n.Float64() // it was one before
	return slog.Float64Value(f)
}
