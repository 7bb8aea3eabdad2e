package knock

import (
	"context"
	"net/http"
	"time"
)

// Health is what Check finds.
type Health struct {
	// Ahead is by how much this machine's clock is ahead of Knock's, negative if it is
	// behind, to the second: Knock's Date header has no more. It is only known if Dated.
	Ahead time.Duration
	Dated bool
	// Took is how long Knock took to answer.
	Took time.Duration
}

// checkedUser is one that nobody has: that there is none is an answer, too.
const checkedUser = "clerkknock-check"

// Check asks Knock for a user that does not exist, once, which changes nothing and reads
// of nobody: whether Knock answers and takes the API key, and what its clock says. The
// error is an *Error if Knock has answered.
func (e *Executor) Check(ctx context.Context) (Health, error) {
	before := time.Now()
	request := Request{Method: http.MethodGet, Path: "/v1/users/" + checkedUser}
	ctx, cancel := context.WithTimeout(ctx, e.attemptTimeout)
	defer cancel()
	answer, err := e.transport.send(ctx, request)
	if err != nil {
		return Health{}, err
	}
	h := Health{Took: time.Since(before)}
	if date, err := http.ParseTime(answer.header.Get("Date")); err == nil {
		// The header is cut to the second: its middle is the best guess.
		h.Ahead = before.Add(h.Took / 2).Sub(date.Add(time.Second / 2)).Round(time.Second)
		h.Dated = true
	}
	refused := newError(request, answer)
	if answer.status == http.StatusOK || answer.status == http.StatusNotFound && refused.Code != "" {
		return h, nil // without a code somebody else than Knock does not have it
	}
	return h, refused
}
