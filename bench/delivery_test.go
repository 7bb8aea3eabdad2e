package main_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/tidwall/gjson"
)

// delivery is a payload on its way, with an ID and about a user of its own: a ledger
// stops the second one with an ID, and lets those about one user wait for each other.
type delivery struct {
	body   []byte
	header http.Header
}

const (
	// distinct is how many IDs the benchmarks of handlers go through.
	distinct = 1 << 12
	// users is how many users they are about, more than there are in flight.
	users = 64
)

// round is a round of deliveries without an end.
type round struct {
	all  []delivery
	last atomic.Int64
}

func newRound(p payload) *round {
	r := &round{all: make([]delivery, distinct)}
	id := gjson.GetBytes(p.body, "data.id").String()
	var bodies [users][]byte
	for i := range bodies {
		// Of the same length, so that all benchmarks of a payload do the same work.
		bodies[i] = bytes.ReplaceAll(p.body, []byte(id), fmt.Appendf(nil, "%s%02d", id[:len(id)-2], i))
	}
	for i := range r.all {
		body := bodies[i%users]
		id := fmt.Sprintf("msg_2b3c4d5e6f7g%s%05d", p.name, i)
		r.all[i] = delivery{body, clerktest.Sign(clerktest.Secret, id, now, body)}
	}
	return r
}

func (r *round) next() delivery { return r.all[r.last.Add(1)%distinct] }

// request is the delivery as net/http hands it to a handler.
func (d delivery) request() *http.Request {
	return &http.Request{
		Method: http.MethodPost, Header: d.header,
		ContentLength: int64(len(d.body)), Body: io.NopCloser(bytes.NewReader(d.body)),
	}
}
