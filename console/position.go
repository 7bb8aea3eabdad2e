package console

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/eventlog"
)

// positionText is an entry's place as addresses have it.
func positionText(p eventlog.Position) string {
	return strconv.FormatInt(p.ReceivedAt.UnixMicro(), 10) + "-" + strconv.FormatInt(p.Seq, 10)
}

func parsePosition(text string) (eventlog.Position, bool) {
	at, seq, ok := strings.Cut(text, "-")
	micros, err1 := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(seq, 10, 64)
	if !ok || err1 != nil || err2 != nil {
		return eventlog.Position{}, false
	}
	return eventlog.Position{ReceivedAt: time.UnixMicro(micros).UTC(), Seq: n}, true
}

// entryAt reads the entry that an address names.
func (c *console) entryAt(ctx context.Context, text string) (eventlog.Entry, error) {
	at, ok := parsePosition(text)
	if !ok {
		return eventlog.Entry{}, errNotFound
	}
	behind := eventlog.Position{ReceivedAt: at.ReceivedAt, Seq: at.Seq + 1}
	entries, err := c.entries(ctx, eventlog.Query{Before: behind, Limit: 1})
	if err != nil {
		return eventlog.Entry{}, err
	}
	if len(entries) == 0 || entries[0].Position().Compare(at) != 0 {
		return eventlog.Entry{}, errNotFound
	}
	return entries[0], nil
}
