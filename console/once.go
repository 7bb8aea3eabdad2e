package console

import (
	"crypto/rand"
	"net/http"
	"slices"
	"sync"
)

// once refuses a form that was sent before: a page that is loaded again must not notify
// anybody again. It remembers the latest forms of this process.
type once struct {
	mu   sync.Mutex
	used []string
}

// maxUsed is how many forms are remembered.
const maxUsed = 1000

// ticket is the name of one form.
func (o *once) ticket() string { return rand.Text() }

var errSentBefore = &problem{http.StatusConflict, "This was done already",
	"The same form was sent before, by a second click or because the page was loaded again. Nothing was done this time. " +
		"The list of events shows what became of it.", nil}

// use takes a ticket, or says that it was used.
func (o *once) use(ticket string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(ticket) != len(rand.Text()) {
		return errUnusable
	}
	if slices.Contains(o.used, ticket) {
		return errSentBefore
	}
	if len(o.used) == maxUsed {
		o.used = slices.Delete(o.used, 0, 1)
	}
	o.used = append(o.used, ticket)
	return nil
}
