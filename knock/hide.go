package knock

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
)

// shown is what of a Config may be seen.
type shown struct {
	APIKey          string
	AttemptTimeout  string
	BaseURL, Branch string
	CreateAudiences bool
	MaxAttempts     int
	RateShare       float64
}

func (c Config) shown() shown {
	key, base := "", "not a URL"
	if c.APIKey != "" {
		key = "hidden"
	}
	if u, err := url.Parse(c.BaseURL); err == nil {
		base = u.Redacted()
	}
	return shown{key, c.AttemptTimeout.String(), base, c.Branch, c.CreateAudiences, c.MaxAttempts, c.RateShare}
}

// Format implements fmt.Formatter: every verb shows the Config without its APIKey and
// its Client.
func (c Config) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "knock.Config%+v", c.shown()) }

// LogValue implements slog.LogValuer, without the APIKey.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalJSON implements json.Marshaler, without the APIKey.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.shown()) }

// shownRequest is what of a Request may be seen.
type shownRequest struct {
	Method, Path   string
	Bytes          int
	IdempotencyKey string   `json:",omitempty"`
	LeftOut        []string `json:",omitempty"`
}

func (r Request) shown() shownRequest {
	return shownRequest{r.Method, r.Path, len(r.Body), r.IdempotencyKey, r.LeftOut}
}

// Format implements fmt.Formatter: every verb shows the Request without its Body.
func (r Request) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "knock.Request%+v", r.shown()) }

// LogValue implements slog.LogValuer, without the Body.
func (r Request) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// MarshalJSON implements json.Marshaler, without the Body, which is JSON of its own.
func (r Request) MarshalJSON() ([]byte, error) { return json.Marshal(r.shown()) }

// Format implements fmt.Formatter: no verb shows what the Executor sends with.
func (e *Executor) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, "knock.Executor") }

// LogValue implements slog.LogValuer.
func (e *Executor) LogValue() slog.Value { return slog.StringValue("knock.Executor") }

// MarshalJSON implements json.Marshaler.
func (e *Executor) MarshalJSON() ([]byte, error) { return json.Marshal("knock.Executor") }
