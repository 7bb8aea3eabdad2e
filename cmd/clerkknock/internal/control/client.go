package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"

	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
)

// Client is the box of a server that runs.
type Client struct{ http *http.Client }

var _ Box = (*Client)(nil)

// Dial returns the box of the server of a file.
func Dial(file string) *Client {
	return &Client{&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", Socket(file))
		},
	}}}
}

// maxAnswer bounds what is read of a server's answer: a page of entries with all their
// reports.
const maxAnswer = 256 << 20

// Entries implements Box.
func (c *Client) Entries(ctx context.Context, q eventlog.Query) ([]Entry, error) {
	r, err := c.ask(ctx, "/entries", order{Query: q})
	return r.Entries, err
}

// Replay implements Box.
func (c *Client) Replay(ctx context.Context, key string) error {
	return c.one(ctx, "/replay", order{Key: key})
}

// Hurry implements Box.
func (c *Client) Hurry(ctx context.Context, key string) error {
	return c.one(ctx, "/hurry", order{Key: key})
}

// Discard implements Box.
func (c *Client) Discard(ctx context.Context, key string) error {
	return c.one(ctx, "/discard", order{Key: key})
}

// Erase implements Box.
func (c *Client) Erase(ctx context.Context, entity string) error {
	return c.one(ctx, "/erase", order{Entity: entity})
}

// ReplayAll implements Box.
func (c *Client) ReplayAll(ctx context.Context, f inbox.Filter) (int, error) {
	return c.all(ctx, "/replay-all", order{Filter: f})
}

// HurryAll implements Box.
func (c *Client) HurryAll(ctx context.Context, f inbox.Filter) (int, error) {
	return c.all(ctx, "/hurry-all", order{Filter: f})
}

// DiscardAll implements Box.
func (c *Client) DiscardAll(ctx context.Context, f inbox.Filter) (int, error) {
	return c.all(ctx, "/discard-all", order{Filter: f})
}

// Letters implements Box.
func (c *Client) Letters(ctx context.Context, f inbox.Filter) iter.Seq2[inbox.Letter, error] {
	return func(yield func(inbox.Letter, error) bool) {
		body, err := c.post(ctx, "/letters", order{Filter: f})
		if err != nil {
			yield(inbox.Letter{}, err)
			return
		}
		defer body.Close()
		for decoder := json.NewDecoder(body); ; {
			var r result
			err := decoder.Decode(&r)
			switch {
			case err != nil:
				yield(inbox.Letter{}, fmt.Errorf("the server's list broke off: %w", err))
				return
			case r.Error != "":
				yield(inbox.Letter{}, errors.New(r.Error))
				return
			case r.Letter == nil:
				return // done
			case !yield(*r.Letter, nil):
				return
			}
		}
	}
}

func (c *Client) one(ctx context.Context, path string, o order) error {
	_, err := c.all(ctx, path, o)
	return err
}

func (c *Client) all(ctx context.Context, path string, o order) (int, error) {
	r, err := c.ask(ctx, path, o)
	return r.Changed, err
}

// ask sends an order whose result is a single one.
func (c *Client) ask(ctx context.Context, path string, o order) (r result, err error) {
	body, err := c.post(ctx, path, o)
	if err != nil {
		return r, err
	}
	defer body.Close()
	if err := json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(&r); err != nil {
		return r, fmt.Errorf("the server's answer broke off: %w", err)
	}
	if r.Error != "" {
		return r, errors.New(r.Error)
	}
	return r, nil
}

func (c *Client) post(ctx context.Context, path string, o order) (io.ReadCloser, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://server"+path, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the file is in use by a process that does not answer at its socket; "+
			"is it another program than clerkknock serve? %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("the server answered %d", response.StatusCode), response.Body.Close())
	}
	return response.Body, nil
}
