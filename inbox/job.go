package inbox

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

const (
	jobKind  = "clerkknock_delivery"
	jobQueue = "clerkknock"

	// maxID is the longest ID that is deduplicated by.
	maxID = 255
)

// job is a delivery as River keeps it, in a JSON column that is free to
// reformat what it holds: nothing in here may depend on its bytes, so the body
// is in base64 and every other text escaped.
type job struct {
	// Key is the delivery's ID, or something random if it has none to be
	// deduplicated by.
	Key        string              `json:"key" river:"unique"`
	ID         string              `json:"id"`
	Header     map[string][]string `json:"header,omitempty"`
	Body       []byte              `json:"body"`
	ReceivedAt time.Time           `json:"received_at"`
}

// Kind implements river.JobArgs.
func (job) Kind() string { return jobKind }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (job) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: jobQueue,
		// All states: left to its default River forgets what is dead, and a
		// delivery that comes again would run again.
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()},
	}
}

func newJob(d clerkknock.Delivery) job {
	j := job{Key: encodeText(d.ID), ID: encodeText(d.ID), Body: d.Body, ReceivedAt: d.ReceivedAt}
	if d.ID == "" || len(d.ID) > maxID {
		j.Key = "~" + rand.Text()
	}
	j.Header = mapHeader(d.Header, encodeText)
	return j
}

func (j job) delivery() clerkknock.Delivery {
	return clerkknock.Delivery{
		ID:         decodeText(j.ID),
		Header:     mapHeader(j.Header, decodeText),
		Body:       j.Body,
		ReceivedAt: j.ReceivedAt,
	}
}

func mapHeader(header http.Header, f func(string) string) http.Header {
	if header == nil {
		return nil
	}
	mapped := make(http.Header, len(header))
	for name, values := range header {
		name = f(name)
		mapped[name] = make([]string, len(values))
		for i, value := range values {
			mapped[name][i] = f(value)
		}
	}
	return mapped
}
