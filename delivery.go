package clerkknock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
)

// Delivery is one verified webhook request. Its content came over the wire:
// only the signature vouches for it.
type Delivery struct {
	// ID is the svix-id, which stays the same over retries and replays. What
	// has no ID, or one over 255 characters, is processed but not deduplicated,
	// as in Knock's own sources.
	ID string
	// Header holds the svix-id, the content-type, and those of the request's headers that
	// a mapping reads or Config.KeepHeaders names, without credentials and signatures.
	Header http.Header
	// Body is the request's body, byte for byte.
	Body []byte
	// ReceivedAt is when the request was accepted.
	ReceivedAt time.Time
	// Tries is how often an Inbox's worker has tried it before, and failed. It is 0 for
	// the first attempt and for a request.
	Tries int
}

// maxID is the longest id that is used for deduplication.
const maxID = 255

func newDelivery(header http.Header, body []byte, at time.Time, keeps func(name string) bool) Delivery {
	h, _ := signatureHeaders(header)
	// The header's strings belong to the server: some use their memory again after the
	// request, and a delivery outlives that.
	id := strings.Clone(h.id)
	// Whatever family was signed, the id that mappings can read is the signed one.
	return Delivery{ID: id, Header: withSignedID(safeHeaders(header, keeps), id), Body: body, ReceivedAt: at}
}

// event parses the body.
func (d Delivery) event() (clerk.Envelope, error) {
	e, err := clerk.Parse(d.Body)
	if err != nil {
		return e, fmt.Errorf("body is not a Clerk event: %w", err)
	}
	e.ID, e.Header = d.ID, d.Header
	return e, nil
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

// MarshalJSON shows the Delivery without its headers and its body. To store a Delivery,
// store its fields.
func (d Delivery) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID         string    `json:"id"`
		ReceivedAt time.Time `json:"received_at,omitzero"`
		Bytes      int       `json:"bytes"`
	}{d.ID, d.ReceivedAt, len(d.Body)})
}

// UnmarshalJSON returns an error: the JSON of a Delivery lacks what it carries.
func (d *Delivery) UnmarshalJSON([]byte) error {
	return errors.New("a Delivery cannot be read from its JSON, which has no headers and no body; store its fields")
}
