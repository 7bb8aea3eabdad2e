package command

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/server"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/spf13/cobra"
)

// dev is what "dev" was told.
type dev struct {
	addr       string
	secretFile string
	table      settings.Table
	log        logging
}

func devCommand() *cobra.Command {
	var d dev
	c := &cobra.Command{
		Use: "dev", GroupID: "try",
		Short: "Serve with an emulated Knock inside: no account, no tunnel",
		Long: `Dev is "serve" for local work. Knock is emulated, with its rate limits, and forgets everything
at the end, as do the deliveries. A line is printed for each step of each delivery, /console/
shows them to a browser on this machine, and /knock what the emulated Knock holds. A file of
mappings is taken over when it changes.

Without CLERK_WEBHOOK_SIGNING_SECRET it takes what "clerkknock send" signs by itself. KNOCK_API_KEY
and DATABASE_URL are not used.`,
		Example: `  clerkknock dev                                  # in one terminal
  clerkknock send --scenario organization         # in another
  clerkknock dev --mappings mappings.json
  clerk webhooks listen --json | clerkknock send --stdin    # what really happens in Clerk`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return d.run(c) },
	}
	c.Flags().StringVar(&d.addr, "addr", defaultAddr, "where to listen")
	c.Flags().StringVar(&d.secretFile, "secret-file", "", "a file with the signing secrets")
	d.table.Flags(c.Flags())
	d.log.flags(c)
	_ = c.Flags().Set("log-level", "error") // what is refused has a line of its own
	c.Flags().Lookup("log-level").DefValue = "error"
	return c
}

func (d *dev) run(c *cobra.Command) error {
	fromEnvironment(c, "addr", "ADDR")
	logger, err := d.log.logger(c.ErrOrStderr())
	if err != nil {
		return err
	}
	secrets, err := settings.Secrets(d.secretFile)
	if err != nil {
		return err
	}
	given := len(secrets) > 0
	if !given {
		secrets = []string{d.secret()}
	}
	folder, err := os.MkdirTemp("", "clerkknock")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	api := knocktest.New(knocktest.Config{EnforceRateLimits: true})
	emulated := httptest.NewServer(api)
	defer emulated.Close()
	out := c.OutOrStdout()
	config := server.Config{
		Addr: d.addr, Path: "/webhooks/clerk", BaseURL: emulated.URL, RateShare: 1,
		Credentials: func() (server.Credentials, error) {
			return server.Credentials{Secrets: secrets, APIKey: "sk_dev"}, nil
		},
		Mapper: d.table.Mapper, StoreUnmapped: true, ConsoleOpen: true,
		Database: server.Database{
			File: filepath.Join(folder, "dev.db"), Config: inbox.Config{Logger: logger},
		},
		Logger: logger, Out: out, Observers: []clerkknock.Observer{&steps{out: out}},
		Mount: func(mux *http.ServeMux) {
			mux.HandleFunc("GET /knock", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_ = printJSON(w, api.Snapshot())
			})
		},
	}
	if d.table.File != settings.Defaults {
		config.MappingsFile, config.Watch = d.table.File, true
	}
	config.Announce = func(addr string) {
		fmt.Fprintf(out, "Knock is emulated; what it holds is at http://%s/knock\n", addr)
		switch {
		case given:
		case secrets[0] == settings.DevSecret && addr == defaultAddr:
			fmt.Fprintln(out, "Send it something from another terminal:  clerkknock send user.created")
		case secrets[0] == settings.DevSecret:
			fmt.Fprintf(out, "Send it something from another terminal:  clerkknock send user.created --url http://%s%s\n",
				addr, config.Path)
		default:
			fmt.Fprintf(out, "%s=%s (made for this run)\n", settings.Secret, secrets[0])
		}
	}
	return server.Run(c.Context(), config)
}

// secret is one that everybody knows where only this machine can send to, or else one
// that is made for this run.
func (d *dev) secret() string {
	if isLoopback(d.addr) {
		return settings.DevSecret
	}
	key := make([]byte, 24)
	rand.Read(key)
	return "whsec_" + base64.StdEncoding.EncodeToString(key)
}
