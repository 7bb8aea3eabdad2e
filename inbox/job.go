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
// is in base64 and every other text escaped. What is encrypted is in the body, the
// header with it.
type job struct {
	// Key is the delivery's ID, or something random if it has none to be
	// deduplicated by.
	Key        string              `json:"key" river:"unique"`
	ID         string              `json:"id"`
	Header     map[string][]string `json:"header,omitempty"`
	Body       []byte              `json:"body"`
	ReceivedAt time.Time           `json:"received_at"`
	// KeyID names the key under which the body is encrypted.
	KeyID string `json:"key_id,omitempty"`
	about
	// Erased says that the content was removed while it was being worked on.
	Erased bool `json:"erased,omitempty"`
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

func (r *keyring) newJob(d clerkknock.Delivery) (job, error) {
	j := job{Key: encodeText(d.ID), ID: encodeText(d.ID), ReceivedAt: d.ReceivedAt, about: aboutOf(d.Body)}
	if d.ID == "" || len(d.ID) > maxID {
		j.Key = "~" + rand.Text()
	}
	c, err := r.seal(content{header: mapHeader(d.Header, encodeText), body: d.Body}, j.place())
	return j.with(c), err
}

// place is what ties an encrypted content to its job.
func (j job) place() string { return "job " + j.Key }

func (j job) content() content { return content{j.Header, j.Body, j.KeyID} }

func (j job) with(c content) job {
	j.Header, j.Body, j.KeyID = c.header, c.body, c.keyID
	return j
}

// delivery returns what is stored in a job. Without the key to it, that has no content.
func (r *keyring) delivery(j job) (clerkknock.Delivery, error) {
	c, err := r.open(j.content(), j.place())
	return clerkknock.Delivery{
		ID:         decodeText(j.ID),
		Header:     mapHeader(c.header, decodeText),
		Body:       c.body,
		ReceivedAt: j.ReceivedAt,
	}, err
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
