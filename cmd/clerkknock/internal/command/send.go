package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/clerk/scenario"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/spf13/cobra"
)

// defaultURL is where serve and dev listen by default.
const defaultURL = "http://127.0.0.1:8080/webhooks/clerk"

// send is what "send" was told.
type send struct {
	target
	event
	id       string
	print    bool
	scenario string
	users    int
	seed     string
	stdin    bool
	asIs     bool
}

func sendCommand() *cobra.Command {
	var s send
	c := &cobra.Command{
		Use: "send [TYPE]", GroupID: "try",
		Short: "Send a signed event, as Clerk would",
		Long: `Send signs a sample event of any of Clerk's types and posts it to a URL. The event is dated
now, so that it is newer than all that was sent before.

--set changes a value that is there and --unset removes one; a path that leads nowhere is
an error. --add puts something where nothing is, such as a key of the metadata. A value is
JSON, or else text: --set data.username=null, --set 'data.username="null"'.

--scenario plays a whole story and says whether each answer was the expected one:

` + listScenarios() + `
--stdin takes what "clerk webhooks listen --json" prints and sends each delivery on,
signed anew; with --as-is under the signature that it came with.

The signing secret comes from CLERK_WEBHOOK_SIGNING_SECRET, or the file that
CLERK_WEBHOOK_SIGNING_SECRET_FILE or --secret-file names; of several it is the first. Without
one, what goes to this very machine is signed as "clerkknock dev" expects it.`,
		Example: `  clerkknock send user.created
  clerkknock send user.updated --set data.first_name=Grace --add data.public_metadata.plan=pro
  clerkknock send user.created --unset data.username --print     # a curl command, signed
  clerkknock send --file event.json --edit                       # in $EDITOR first
  clerkknock send --scenario chaos --url https://staging.example.com/webhooks/clerk
  clerk webhooks listen --json | clerkknock send --stdin`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeTypes,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				s.eventType = args[0]
			}
			return s.run(c)
		},
	}
	s.target.flags(c)
	s.event.flags(c)
	f := c.Flags()
	f.StringVar(&s.id, "id", "", "the svix-id; the same again is the same delivery (default: a new one)")
	f.BoolVar(&s.print, "print", false, "send nothing, print a signed curl command that works for 5 minutes")
	f.StringVar(&s.scenario, "scenario", "", "play a story: "+strings.Join(scenario.Names(), ", "))
	f.IntVar(&s.users, "users", 100, "how many users the scenario import has")
	f.StringVar(&s.seed, "seed", "", "decides on the ids of a scenario (default: new ones each time)")
	f.BoolVar(&s.stdin, "stdin", false, `read what "clerk webhooks listen --json" prints, and send it on`)
	f.BoolVar(&s.asIs, "as-is", false, "with --stdin: keep the signatures that came")
	_ = c.RegisterFlagCompletionFunc("scenario",
		cobra.FixedCompletions(scenario.Names(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (s *send) run(c *cobra.Command) error {
	if err := s.check(c); err != nil {
		return err
	}
	if err := s.target.prepare(c, !s.asIs); err != nil {
		return err
	}
	switch {
	case s.scenario != "":
		return s.play(c)
	case s.stdin:
		return s.stream(c)
	}
	body, err := s.event.body(c, true)
	if err != nil {
		return err
	}
	if s.id == "" {
		s.id = "msg_" + strings.ToLower(rand.Text())
	}
	request := clerktest.NewRequest(s.url, s.secret, s.id, time.Now(), body)
	if s.print {
		return printCurl(c.OutOrStdout(), request, body)
	}
	return s.one(c, request, body)
}

func (s *send) check(c *cobra.Command) error {
	whole := s.scenario != "" || s.stdin
	set := func(names ...string) bool { return slices.ContainsFunc(names, c.Flags().Changed) }
	switch {
	case s.scenario != "" && s.stdin:
		return usagef("--scenario and --stdin exclude each other")
	case whole && (s.eventType != "" || set("file", "set", "add", "unset", "edit", "print", "id")):
		return usagef("--scenario and --stdin send events of their own; leave out TYPE and what changes or prints one")
	case s.scenario != "" && !slices.Contains(scenario.Names(), s.scenario):
		return usagef("there is no scenario %q; there are %s", s.scenario, strings.Join(scenario.Names(), ", "))
	case set("users") && s.scenario != "import":
		return usagef("--users goes with --scenario import")
	case s.scenario == "import" && (s.users < 1 || s.users > scenario.MaxUsers):
		return usagef("--users is %d; take from 1 to %d", s.users, scenario.MaxUsers)
	case set("seed") && s.scenario == "":
		return usagef("--seed goes with --scenario")
	case s.asIs && !s.stdin:
		return usagef("--as-is goes with --stdin")
	case whole:
		return nil
	}
	return s.event.check()
}

// one sends a single event and says what was answered.
func (s *send) one(c *cobra.Command, request *http.Request, body []byte) error {
	a, err := s.post(c.Context(), request)
	if err != nil {
		return err
	}
	a.ID = s.id
	if e, err := clerk.Parse(body); err == nil {
		a.Type = e.Type
	}
	out := c.OutOrStdout()
	if s.json {
		err = printJSON(out, a)
	} else {
		err = a.print(out)
	}
	if err == nil && a.Status >= 300 {
		return a.err()
	}
	return err
}

// completeTypes completes an event type.
func completeTypes(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return clerk.Types(), cobra.ShellCompDirectiveNoFileComp
}

func listScenarios() string {
	var b strings.Builder
	for _, name := range scenario.Names() {
		fmt.Fprintf(&b, "  %-13s %s\n", name, scenario.About(name))
	}
	return b.String()
}

// target is where events are sent.
type target struct {
	url        string
	secretFile string
	json       bool
	secret     string
	client     *http.Client
}

func (t *target) flags(c *cobra.Command) {
	c.Flags().StringVarP(&t.url, "url", "u", defaultURL, "where to post (CLERKKNOCK_URL)")
	c.Flags().StringVar(&t.secretFile, "secret-file", "", "a file with the signing secret")
	jsonFlag(c, &t.json)
}

// prepare reads the secret, if one is needed.
func (t *target) prepare(c *cobra.Command, signs bool) error {
	fromEnvironment(c, "url", "CLERKKNOCK_URL")
	if err := checkURL(t.url); err != nil {
		return err
	}
	t.client = &http.Client{
		Timeout:       30 * time.Second, // Svix waits for 15
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if !signs {
		return nil
	}
	secrets, err := settings.Secrets(t.secretFile)
	if err != nil {
		return err
	}
	if len(secrets) == 0 && isLoopback(t.url) {
		t.secret = settings.DevSecret
		return nil
	}
	if len(secrets) == 0 {
		return fmt.Errorf("there is nothing to sign with; set %s to the secret of the receiver", settings.Secret)
	}
	t.secret, err = signingSecret(secrets[0])
	return err
}

// post sends one request.
func (t *target) post(ctx context.Context, request *http.Request) (answer, error) {
	request = request.WithContext(ctx)
	request.RequestURI = ""
	start := time.Now()
	response, err := t.client.Do(request)
	if err != nil {
		return answer{}, t.unreachable(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	return newAnswer(response, body, time.Since(start)), nil
}

func (t *target) unreachable(err error) error {
	err = withoutURL(err)
	if errors.Is(err, context.Canceled) {
		return err
	}
	if t.url == defaultURL {
		return fmt.Errorf(`%w; start a receiver with "clerkknock dev", or name another one with --url`, err)
	}
	return err
}
