package inbox

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
)

// Letter is a delivery that is unfinished or dead. Encoded as JSON it shows neither
// the body nor the headers.
type Letter struct {
	// Key is what Replay, Hurry and Discard take: the delivery's ID, or a text that
	// stands for it if it has none.
	Key   string `json:"key"`
	State State  `json:"state"`
	// Type is the event's, such as "user.created", "" if the body is not an event or
	// Config.Keys lacks its key.
	Type string `json:"type"`
	// Error is the whole text of the last failure, "" if there was none.
	Error string `json:"error,omitempty"`
	// Attempts is how often the delivery was tried since it was put, over pauses and
	// replays, so that it can be more than Config.MaxAttempts. To be put off because
	// its entity is busy is no attempt, and one that ended with its process is not
	// counted. The event log and the log line of a dead delivery count the same.
	Attempts int `json:"attempts"`
	// PutAt is when it was put.
	PutAt time.Time `json:"put_at"`
	// DueAt is when it is to be tried next, zero if it is running or dead.
	DueAt time.Time `json:"due_at,omitzero"`
	// DiedAt is when it was given up, zero if it was not.
	DiedAt   time.Time           `json:"died_at,omitzero"`
	Delivery clerkknock.Delivery `json:"-"`
}

// row is a Letter with its place in the table.
type row struct {
	id int64
	Letter
}

const selectLetters = `
	SELECT id, CAST(state AS text), {args}, coalesce({last_error}, ''), coalesce({noted_error}, ''),
		coalesce({noted_tries}, 0), {created_ms}, {scheduled_ms}, coalesce({finalized_ms}, 0)
	FROM {schema}river_job`

func (r *keyring) scanLetter(rows *sql.Rows) (row, error) {
	var l row
	var state, last, noted string
	var args []byte
	var put, due, died int64
	if err := rows.Scan(&l.id, &state, &args, &last, &noted, &l.Attempts, &put, &due, &died); err != nil {
		return l, err
	}
	var j job
	if err := json.Unmarshal(args, &j); err != nil {
		return l, fmt.Errorf("cannot read a delivery: %w", err)
	}
	var unreadable error
	l.Key = decodeText(j.Key)
	l.Delivery, unreadable = r.delivery(j)
	l.State, l.PutAt = stateOf(state), time.UnixMilli(put).UTC()
	switch l.State {
	case Dead:
		l.DiedAt = time.UnixMilli(died).UTC()
		noted = "" // the last failure is not always one that a worker has seen
	case Waiting, Retrying:
		l.DueAt = time.UnixMilli(due).UTC()
	}
	l.Error = decodeText(cmp.Or(noted, inWords(last)))
	if unreadable != nil {
		l.Error = cmp.Or(l.Error, unreadable.Error())
	}
	if e, err := clerk.Parse(l.Delivery.Body); err == nil {
		l.Type = e.Type
	}
	return l, nil
}

// inWords says what an error of River's is about.
func inWords(river string) string {
	if river == "Stuck job rescued by JobRescuer" {
		return "the process that worked on it was lost, or did not come to an end in time"
	}
	return strings.TrimPrefix(river, "JobCancelError: ")
}
