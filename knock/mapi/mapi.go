// Package mapi reads from Knock's Management API what a host that moves over from Knock's
// hosted source, or checks its mappings, wants to know. It changes nothing there.
//
// https://docs.knock.app/mapi-reference
package mapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is Knock's own Management API.
const DefaultBaseURL = "https://control.knock.app"

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

// ErrNotFound is returned for what Knock does not have.
var ErrNotFound = errors.New("knock does not have it")

// Client reads from the Management API. Printed it shows no token.
type Client struct {
	// Token is a service token (knock_st_…), from the Knock dashboard, Settings, Service
	// tokens. It is another one than the key of the API. Required.
	Token string
	// BaseURL is where the API is. Defaults to DefaultBaseURL.
	BaseURL string
	// HTTP sends the requests. Defaults to one that gives up after 15 seconds.
	HTTP *http.Client
}

// Format prints the Client without its token, whatever the verb.
func (c Client) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "mapi.Client") }

// LogValue logs the Client without its token.
func (c Client) LogValue() slog.Value { return slog.StringValue("mapi.Client") }

// MarshalJSON shows the Client without its token.
func (c Client) MarshalJSON() ([]byte, error) { return json.Marshal("mapi.Client") }

// Source returns a source of an environment, such as "clerk" of "production", as
// clerkknock.ReadMappings reads it.
func (c Client) Source(ctx context.Context, key, environment string) ([]byte, error) {
	if environment == "" {
		return nil, errors.New("mapi: a source is asked for in an environment; name one")
	}
	return c.get(ctx, "/v1/sources/"+url.PathEscape(key), url.Values{
		"environment": {environment}, "include": {"environment_settings"},
	})
}

// Provider returns a provider of sources, such as "clerk", with its default mappings, as
// clerkknock.ReadMappings reads it.
func (c Client) Provider(ctx context.Context, key string) ([]byte, error) {
	return c.get(ctx, "/v1/source_providers/"+url.PathEscape(key), url.Values{"include": {"default_action_mappings"}})
}

// Workflow is what is known of a workflow.
type Workflow struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Active bool   `json:"active"`
}

// Workflow returns a workflow of an environment, or an error that wraps ErrNotFound.
func (c Client) Workflow(ctx context.Context, key, environment string) (Workflow, error) {
	var w Workflow
	raw, err := c.get(ctx, "/v1/workflows/"+url.PathEscape(key), url.Values{"environment": {environment}})
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.Key == "" {
		return w, errors.New("mapi: the answer is no workflow")
	}
	return w, nil
}

func (c Client) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	token := strings.TrimSpace(c.Token)
	switch {
	case token == "":
		return nil, errors.New("mapi: Client.Token is empty; make a service token in the Knock dashboard")
	case strings.HasPrefix(token, "sk_"), strings.HasPrefix(token, "pk_"):
		return nil, errors.New("mapi: Client.Token is a key of the API; this needs a service token (knock_st_…)")
	}
	base := strings.TrimRight(cmp.Or(c.BaseURL, DefaultBaseURL), "/")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, errors.New("mapi: Client.BaseURL is no URL")
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	client := cmp.Or(c.HTTP, &http.Client{Timeout: 15 * time.Second})
	response, err := client.Do(request)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the URL is left out
		}
		return nil, fmt.Errorf("mapi: no answer: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("mapi: the answer broke off: %w", err)
	case response.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("mapi: %s: %w", path, ErrNotFound)
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return nil, fmt.Errorf("mapi: the service token is refused: knock answered %d", response.StatusCode)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("mapi: knock answered %d", response.StatusCode)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("mapi: the answer has more than %d bytes", maxAnswer)
	}
	return body, nil
}
