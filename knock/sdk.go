package knock

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

// SDK is the part of a *knock.Client of Knock's own Go SDK,
// github.com/knocklabs/knock-go, that an Executor needs. O is the SDK's
// option.RequestOption.
type SDK[O any] interface {
	Execute(ctx context.Context, method, path string, params, res any, opts ...O) error
}

// FromSDK returns an Executor that sends through a client of Knock's Go SDK, so
// that the client's API key, base URL, branch, middleware and HTTP client apply:
//
//	client := knockgo.NewClient(option.WithAPIKey(key))
//	executor, err := knock.FromSDK(client, option.WithHeader, knock.Config{}, option.WithMaxRetries(0))
//
// header is the SDK's option.WithHeader. The Config tunes the Executor as that of New
// does; what the client decides, APIKey, BaseURL, Branch and Client, must be empty.
// Further options are added to each call; WithMaxRetries(0) leaves retrying to the
// Executor, which knows the caller's deadline. Paths are escaped.
//
// A trigger carries our own idempotency key instead of the SDK's random one, with
// which a repeated delivery would trigger twice. On all other calls the SDK's own
// stays: Knock deduplicates triggers alone, and an empty key would be a key that all
// calls share.
//
// This package does not import the SDK; any client of the same shape fits.
func FromSDK[O any](client SDK[O], header func(key, value string) O, c Config, opts ...O) (*Executor, error) {
	if isNil(client) || header == nil {
		return nil, errors.New("knock: FromSDK needs a client and the SDK's option.WithHeader")
	}
	for _, field := range []struct {
		name  string
		given bool
	}{{"APIKey", c.APIKey != ""}, {"BaseURL", c.BaseURL != ""}, {"Branch", c.Branch != ""}, {"Client", c.Client != nil}} {
		if field.given {
			return nil, fmt.Errorf("knock: Config.%s is set; the SDK's client decides it, leave it empty", field.name)
		}
	}
	if err := c.checkTuning(); err != nil {
		return nil, err
	}
	e := &Executor{transport: &sdkTransport[O]{client, header, opts}}
	e.tune(c)
	return e, nil
}

// isNil also sees the nil pointer that a typed interface hides.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

type sdkTransport[O any] struct {
	client SDK[O]
	header func(key, value string) O
	opts   []O
}

func (t *sdkTransport[O]) send(ctx context.Context, r Request) (response, error) {
	opts := append([]O{t.header("User-Agent", userAgent)}, t.opts...)
	if r.IdempotencyKey != "" {
		opts = append(opts, t.header("Idempotency-Key", r.IdempotencyKey))
	}
	var params any
	if r.Body != nil {
		params = r.Body // sent as it is: the SDK's own encoders drop nulls
		opts = append(opts, t.header("Content-Type", "application/json"))
	}
	// Asked for the response itself, the SDK leaves a successful one unread and
	// hands out a failed one too, beside its error.
	var resp *http.Response
	err := t.client.Execute(ctx, r.Method, r.Path[1:], params, &resp, opts...)
	if resp != nil && resp.Body != nil {
		if resp.Request != nil && resp.Request.Method != r.Method {
			_ = resp.Body.Close()
			return response{}, errors.New("the SDK's HTTP client has followed a redirect and lost the request; " +
				"check the base URL")
		}
		return readResponse(resp)
	}
	if err == nil {
		err = errors.New("the SDK returned neither a response nor an error")
	}
	return response{}, withoutURL(err)
}
