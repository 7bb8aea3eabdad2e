// Package listen reads what "clerk webhooks listen --json", the listener of Clerk's own
// command line, prints: a line of JSON for each delivery, and lines about itself.
//
//	{"type":"event","svix_id":"msg_1","headers":{"svix-id":"msg_1"},"body_b64":"eyJ0eXBlI…"}
package listen

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
)

// Delivery is a request that the listener has seen.
type Delivery struct {
	// ID is the svix-id.
	ID string
	// Header is the request's. Who signed it is the listener's own endpoint.
	Header http.Header
	// Body is the request's, byte for byte.
	Body []byte
}

// MaxLine is the longest line that is read, in bytes. Svix takes events of up to about
// 350 kB.
const MaxLine = 4 << 20

// Read returns the deliveries in what the listener prints, each as soon as its line is
// there. Lines about the listener itself, such as ready and reconnecting, and empty ones
// are passed over. A line that is none of the listener's is an error with its number; the
// next line may be right again. An error of r itself is the last that comes.
func Read(r io.Reader) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 0, 64<<10), MaxLine)
		for n := 1; lines.Scan(); n++ {
			if len(lines.Bytes()) == 0 {
				continue
			}
			d, err := parse(lines.Bytes())
			if errors.Is(err, errOther) {
				continue
			}
			if err != nil {
				err = fmt.Errorf("line %d: %w", n, err)
			}
			if !yield(d, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Delivery{}, fmt.Errorf("cannot read the listener's lines, of at most %d bytes: %w", MaxLine, err))
		}
	}
}

// errOther is a line that is no delivery.
var errOther = errors.New("is about the listener")

func parse(line []byte) (Delivery, error) {
	var l struct {
		Type    string                     `json:"type"`
		ID      string                     `json:"svix_id"`
		Headers map[string]json.RawMessage `json:"headers"`
		Body    *string                    `json:"body_b64"`
	}
	// The errors of the decoders repeat what they have read.
	if json.Unmarshal(line, &l) != nil {
		return Delivery{}, errors.New("is no JSON object of Clerk's listener; pass on what --json makes it print")
	}
	if l.Type != "" && l.Type != "event" {
		return Delivery{}, errOther
	}
	if l.Body == nil {
		return Delivery{}, errors.New("has no body_b64")
	}
	d := Delivery{ID: l.ID, Header: http.Header{}}
	for name, raw := range l.Headers {
		values, err := texts(raw)
		if err != nil {
			return Delivery{}, fmt.Errorf("header %q is neither text nor a list of texts", name)
		}
		for _, value := range values {
			d.Header.Add(name, value)
		}
	}
	if d.ID == "" {
		d.ID = d.Header.Get("svix-id")
	}
	body, err := base64.StdEncoding.DecodeString(*l.Body)
	if err != nil {
		return Delivery{}, errors.New("body_b64 is not base64")
	}
	d.Body = body
	return d, nil
}

// texts are the values of a header, which may be one.
func texts(raw json.RawMessage) ([]string, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	var all []string
	err := json.Unmarshal(raw, &all)
	return all, err
}
