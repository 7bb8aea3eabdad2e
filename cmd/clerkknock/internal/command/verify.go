package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/clerkknock/clerkknock/clerk/listen"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/refusal"
	"github.com/spf13/cobra"
)

// verify is what "verify" was told.
type verify struct {
	secretFile string
	at         string
	tolerance  time.Duration
	json       bool
}

// verified is the diagnosis of one delivery.
type verified struct {
	ID string `json:"id,omitempty"`
	refusal.Diagnosis
}

func verifyCommand() *cobra.Command {
	var v verify
	c := &cobra.Command{
		Use: "verify [FILE]", GroupID: "look",
		Short: "Say why a delivery was refused",
		Long: `Verify looks at a saved request and says whether it is accepted, and if it is not, why: the
form of the secret, the clock, the headers, a body that something has changed on the way
(base64, JSON that was encoded again, cut), or another secret.

FILE, or standard input, holds the request as HTTP has it, or JSON with "headers" and "body_b64"
or "body", or the lines that "clerk webhooks listen --json" prints. Save the bytes that your
handler verifies, for they are what the signature is about.

The clock is looked at if --at says when the delivery arrived: a saved request is old.

It exits with 1 if a delivery is refused.`,
		Example: `  clerkknock verify request.http
  clerkknock verify request.json --at 2026-05-01T12:00:00Z
  clerk webhooks listen --json | clerkknock verify`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file := "-"
			if len(args) > 0 {
				file = args[0]
			}
			return v.run(c, file)
		},
	}
	f := c.Flags()
	f.StringVar(&v.secretFile, "secret-file", "", "a file with the signing secrets")
	f.StringVar(&v.at, "at", "", `when it arrived by the receiver's clock: a time as in 2026-05-01T12:00:00Z, or "now"`)
	f.DurationVar(&v.tolerance, "tolerance", 5*time.Minute, "how far that may lie from the time that was signed")
	jsonFlag(c, &v.json)
	return c
}

func (v *verify) run(c *cobra.Command, file string) error {
	config := refusal.Config{Tolerance: v.tolerance}
	switch v.at {
	case "":
	case "now":
		config.ReceivedAt = time.Now()
	default:
		at, err := time.Parse(time.RFC3339, v.at)
		if err != nil {
			return usagef("--at is no time; it looks like 2026-05-01T12:00:00Z")
		}
		config.ReceivedAt = at
	}
	var err error
	if config.Secrets, err = settings.Secrets(v.secretFile); err != nil {
		return err
	}
	if file == "-" {
		return v.stream(c, config)
	}
	data, err := settings.ReadFile(file, settings.MaxFile)
	if err != nil {
		return fmt.Errorf("cannot read the request: %w", err)
	}
	return v.all(c, config, data)
}

// all looks at a request, or at each line of a listener's.
func (v *verify) all(c *cobra.Command, config refusal.Config, data []byte) error {
	if r, err := refusal.ReadRequest(data); err == nil {
		return v.tell(c.OutOrStdout(), r, config)
	} else if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return err
	}
	return v.lines(c, config, bytes.NewReader(data))
}

// stream tells standard input apart by how it begins: a listener goes on for as long as
// somebody listens, and each of its lines is looked at when it comes.
func (v *verify) stream(c *cobra.Command, config refusal.Config) error {
	in := interruptible(c.Context(), c.InOrStdin())
	first, err := firstLine(in)
	if err != nil {
		return errors.Join(err, c.Context().Err())
	}
	rest := io.MultiReader(bytes.NewReader(first), in)
	if isListener(first) {
		return v.lines(c, config, rest)
	}
	data, err := io.ReadAll(io.LimitReader(rest, settings.MaxFile))
	if err != nil {
		return err
	}
	return v.all(c, config, data)
}

// lines looks at what a listener prints.
func (v *verify) lines(c *cobra.Command, config refusal.Config, in io.Reader) error {
	var refused error
	for d, err := range listen.Read(in) {
		if c.Context().Err() != nil {
			return c.Context().Err()
		}
		if err != nil {
			fmt.Fprintln(c.ErrOrStderr(), "clerkknock:", err)
			refused = errQuiet
			continue
		}
		err = v.tell(c.OutOrStdout(), refusal.Request{Header: d.Header, Body: d.Body}, config)
		if err != nil && !errors.Is(err, errQuiet) {
			return err
		}
		refused = errors.Join(refused, err)
	}
	return refused
}

// tell explains one request.
func (v *verify) tell(w io.Writer, r refusal.Request, config refusal.Config) error {
	d := verified{r.Header.Get("svix-id"), refusal.Explain(r, config)}
	var err error
	if v.json {
		err = printLine(w, d)
	} else {
		err = d.print(w)
	}
	if err == nil && !d.Accepted {
		return errQuiet
	}
	return err
}

func (d verified) print(w io.Writer) error {
	verdict := paint(w, green, "accepted")
	if !d.Accepted {
		verdict = paint(w, red, "refused")
	}
	if d.ID != "" {
		verdict = oneLine(d.ID) + "  " + verdict
	}
	if d.SignedWith > 0 {
		verdict += fmt.Sprintf(", signed with secret number %d", d.SignedWith)
	}
	if !d.SignedAt.IsZero() {
		verdict += ", at " + d.SignedAt.UTC().Format(time.RFC3339)
	}
	if _, err := fmt.Fprintln(w, verdict); err != nil {
		return err
	}
	for _, f := range d.Findings {
		likely := ""
		if !f.Certain {
			likely = "perhaps "
		}
		_, err := fmt.Fprintf(w, "  %s%s: %s\n    -> %s\n", likely, f.Cause, oneLine(f.Text), oneLine(f.Remedy))
		if err != nil {
			return err
		}
	}
	return nil
}
