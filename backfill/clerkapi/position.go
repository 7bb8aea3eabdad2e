package clerkapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/tidwall/gjson"
)

// object is one element of a page.
type object struct {
	data             json.RawMessage
	id               string
	created, updated time.Time
}

// objects reads a page: an array, or an object with one as its data.
func objects(body []byte) ([]object, error) {
	list := gjson.ParseBytes(body)
	if list.IsObject() {
		list = list.Get("data")
	}
	if !gjson.ValidBytes(body) || !list.IsArray() {
		return nil, fmt.Errorf("clerkapi: clerk has answered with something that is no list")
	}
	var all []object
	for _, element := range list.Array() {
		o := object{
			data:    json.RawMessage(element.Raw),
			id:      element.Get("id").String(),
			created: clerk.ParseTime(element.Get("created_at").Raw),
			updated: clerk.ParseTime(element.Get("updated_at").Raw),
		}
		if o.id == "" || o.created.IsZero() {
			return nil, fmt.Errorf("clerkapi: clerk has listed something without an id or created_at")
		}
		all = append(all, o)
	}
	return all, nil
}

// position is up to where a list has been read: the last object, and in lists by offset
// how many there were before the end of its page. The zero position is the beginning.
type position struct {
	kind    backfill.Kind
	last    string
	created time.Time
	offset  int
	// ties are the objects that were created in the same millisecond as the last one, of
	// which no more is known than that they have been read.
	ties []string
}

// String is the position as backfill keeps it.
func (p position) String() string {
	return fmt.Sprintf("%s %d %d %s", p.kind, p.offset, p.created.UnixMilli(), p.last)
}

func parsePosition(s string) (position, error) {
	if s == "" {
		return position{}, nil
	}
	parts := strings.SplitN(s, " ", 4)
	if len(parts) == 4 && slices.Contains(backfill.Kinds(), backfill.Kind(parts[0])) {
		offset, err := strconv.Atoi(parts[1])
		millis, err2 := strconv.ParseInt(parts[2], 10, 64)
		if err == nil && err2 == nil && offset >= 0 {
			return position{
				kind: backfill.Kind(parts[0]), last: parts[3], offset: offset,
				created: time.UnixMilli(millis).UTC(), ties: []string{parts[3]},
			}, nil
		}
	}
	return position{}, fmt.Errorf("clerkapi: the position to go on from is none of this reader's; begin at the beginning")
}

// isNew reports whether an object comes after the position, in the order of creation.
func (p *position) isNew(o object) bool {
	if p.last == "" || o.created.After(p.created) {
		return true
	}
	return o.created.Equal(p.created) && !slices.Contains(p.ties, o.id)
}

// pass moves the position behind an object.
func (p *position) pass(o object) {
	if !o.created.Equal(p.created) {
		p.ties = p.ties[:0]
	}
	p.last, p.created, p.ties = o.id, o.created, append(p.ties, o.id)
}
