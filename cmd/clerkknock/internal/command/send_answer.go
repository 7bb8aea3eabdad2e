package command

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
)

// answer is what a receiver has answered.
type answer struct {
	ID     string             `json:"id"`
	Type   string             `json:"type,omitempty"`
	Status int                `json:"status"`
	TookMS int64              `json:"took_ms"`
	Report *clerkknock.Report `json:"report,omitempty"`
	word   string
}

func newAnswer(response *http.Response, body []byte, took time.Duration) answer {
	a := answer{Status: response.StatusCode, TookMS: took.Milliseconds()}
	var r clerkknock.Report
	if json.Unmarshal(body, &r) == nil && r.Outcome != "" {
		a.Report, a.word = &r, string(r.Outcome)
		return a
	}
	// Another receiver's text is shown as far as it is a word.
	a.word = strings.TrimSpace(string(body))
	if len(a.word) > 60 || strings.ContainsAny(a.word, "<\n") {
		a.word = ""
	}
	return a
}

func (a answer) print(w io.Writer) error {
	c := green
	if a.Status >= 300 {
		c = red
	}
	status := paint(w, c, strings.TrimSpace(fmt.Sprint(a.Status, " ", oneLine(a.word))))
	if _, err := fmt.Fprintf(w, "%s  %s  %s  %d ms\n", a.Type, a.ID, status, a.TookMS); err != nil {
		return err
	}
	if a.Report == nil || len(a.Report.Steps) == 0 {
		return nil
	}
	t := newTable(w, "STEP", "STATUS", "REASON")
	for _, step := range a.Report.Steps {
		t.row(step.ID, string(step.Status), strings.Join(append([]string{step.Reason}, step.LeftOut...), " "))
	}
	return t.flush()
}

// err says what a person may do about an answer that is none of success.
func (a answer) err() error {
	text := fmt.Sprintf("the receiver answered %d", a.Status)
	switch {
	case a.Status == http.StatusUnauthorized:
		text += "; does it have the same signing secret, and the right time?"
	case a.Status == http.StatusNotFound, a.Status == http.StatusMethodNotAllowed:
		text += "; is the path of --url the one of its handler?"
	case a.Status >= 300 && a.Status < 400:
		text += ", a redirect, which Clerk does not follow; name where it leads with --url"
	}
	return errors.New(text)
}

// checkURL refuses a URL that nothing can be posted to.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return usagef("--url is no http or https URL; it looks like %s", defaultURL)
	}
	return nil
}

// isLoopback reports whether a URL, or an address, is on this machine.
func isLoopback(text string) bool {
	host := text
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		host = u.Host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// withoutURL takes the URL out of an error of net/http: it may hold a password.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// signingSecret is a secret in the form that signs, or an error that says what is wrong
// with it and does not show it.
func signingSecret(secret string) (string, error) {
	if _, err := clerkknock.NewVerifier(secret); err != nil {
		return "", err
	}
	encoded := strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(secret), "whsec_"), "=")
	key, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return "", errors.New("the signing secret is not base64")
	}
	return "whsec_" + base64.StdEncoding.EncodeToString(key), nil
}
