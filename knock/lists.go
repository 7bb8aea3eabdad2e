package knock

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

func subscriptions(a clerkknock.Action, method string, shape func(gjson.Result) (string, error)) ([]Request, error) {
	p, err := path("objects", id(a, "collection"), id(a, "id"))
	if err != nil {
		return nil, err
	}
	recipients, err := list(a, "recipients", shape)
	if err != nil {
		return nil, err
	}
	var requests []Request
	for _, part := range chunks(recipients, maxSubscribers) {
		body := newObject(len(part)+64).add("recipients", part)
		if method == http.MethodPost {
			body.addParams(a, "properties")
		}
		r := Request{Action: a.Type, Method: method, Path: p + "/subscriptions", Body: body.close()}
		requests = append(requests, r)
	}
	return requests, nil
}

func members(a clerkknock.Action, method string) ([]Request, error) {
	p, err := path("audiences", id(a, "key"))
	if err != nil {
		return nil, err
	}
	p += "/members" + query(a, "create_audience")
	all, err := list(a, "members", func(r gjson.Result) (string, error) { return member(r, a.Params["tenant"]) })
	if err != nil {
		return nil, err
	}
	var requests []Request
	for _, part := range chunks(all, maxRecipients) {
		body := newObject(len(part)+64).add("members", part).close()
		requests = append(requests, Request{Action: a.Type, Method: method, Path: p, Body: body})
	}
	return requests, nil
}

func cancel(a clerkknock.Action) ([]Request, error) {
	p, err := path("workflows", id(a, "key"))
	if err != nil {
		return nil, err
	}
	if err := need(a, "cancellation_key"); err != nil {
		return nil, err
	}
	// Without recipients the run is cancelled for all of them. Null and an empty list
	// are refused: nobody is not everybody.
	parts := []string{""}
	if _, ok := a.Params["recipients"]; ok {
		recipients, err := list(a, "recipients", recipientReference)
		if err != nil {
			return nil, err
		}
		parts = chunks(recipients, maxRecipients)
	}
	var requests []Request
	for _, part := range parts {
		body := newObject(len(part)+64).addParams(a, "cancellation_key")
		if part != "" {
			body.add("recipients", part)
		}
		r := Request{Action: a.Type, Method: http.MethodPost, Path: p + "/cancel", Body: body.close()}
		requests = append(requests, r)
	}
	return requests, nil
}

func trigger(a clerkknock.Action, key string) ([]Request, error) {
	p, err := path("workflows", id(a, "key"))
	if err != nil {
		return nil, err
	}
	recipients, err := list(a, "recipients", anyRecipient)
	if err != nil {
		return nil, err
	}
	var requests []Request
	parts := chunks(recipients, maxRecipients)
	for i, part := range parts {
		body := newObject(len(part)+len(a.Params["data"])+64).add("recipients", part).
			addParams(a, "data", "actor", "tenant", "cancellation_key", "settings").close()
		r := Request{Action: a.Type, Method: http.MethodPost, Path: p + "/trigger", Body: body, IdempotencyKey: key}
		if key != "" && len(parts) > 1 {
			r.IdempotencyKey += ":" + strconv.Itoa(i+1)
		}
		requests = append(requests, r)
	}
	return requests, nil
}

// chunks writes JSON lists of at most size elements.
func chunks(elements []string, size int) []string {
	var parts []string
	for len(elements) > 0 {
		n := min(size, len(elements))
		parts = append(parts, "["+strings.Join(elements[:n], ",")+"]")
		elements = elements[n:]
	}
	return parts
}

func quote(s string) string {
	return string(text.AppendQuoted(nil, s))
}
