package scenario

import (
	"net/http"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// Post is one request of a story.
type Post struct {
	// ID is the svix-id.
	ID string
	// Type is the event's, "" if the body is none.
	Type string
	// Note says what is special about it, "" if nothing is.
	Note string
	// Body is what is sent, byte for byte.
	Body []byte
	// SentAt is the time that is signed.
	SentAt time.Time
	// Answers are the HTTP statuses that a receiver that works gives.
	Answers []int

	spoil func(*http.Request)
}

// accepted is what is answered to what is done, or taken in.
var accepted = []int{http.StatusOK, http.StatusAccepted}

// Request is the request to send, signed with a secret as clerktest.NewRequest does it,
// unless the story wants something to be wrong with that. It panics like NewRequest.
func (p Post) Request(url, secret string) *http.Request {
	request := clerktest.NewRequest(url, secret, p.ID, p.SentAt, p.Body)
	request.RequestURI = "" // a request for a client has none
	if p.spoil != nil {
		p.spoil(request)
	}
	return request
}

// AsExpected reports whether a receiver that works would answer with this status.
func (p Post) AsExpected(status int) bool { return slices.Contains(p.Answers, status) }

// refused spoils the post, so that it is answered with one of these statuses.
func (p *Post) refused(spoil func(*http.Request), statuses ...int) {
	p.spoil, p.Answers = spoil, statuses
}
