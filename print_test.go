package clerkknock_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/stretchr/testify/require"
)

func TestPrintsShowNeitherSecretsNorPersonalData(t *testing.T) {
	t.Parallel()
	const private = "ada@example.com"
	body := `{"type":"user.created","data":{"id":"user_1","first_name":"` + private + `"}}`
	d := clerkknock.Delivery{ID: "msg_1", Header: http.Header{"X-User": {private}}, Body: []byte(body)}
	e, err := clerk.Parse(d.Body)
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.UserCreated)
	require.NoError(t, err)
	action := clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1", "name": private})
	steps, err := clerkknock.DefaultMapper().Rehearse(context.Background(), d)
	require.NoError(t, err)
	verifier, err := clerkknock.NewVerifier(secret)
	require.NoError(t, err)
	config := clerkknock.Config{SigningSecrets: []string{secret}, Executor: clerkknock.DryRun(nil), Verifier: nil}
	src, err := clerkknock.New(config)
	require.NoError(t, err)
	report := clerkknock.Report{ID: "msg_1", Type: "user.created"}
	for name, v := range map[string]any{
		"Config": config, "*Config": &config, "Source": src, "SignatureVerifier": verifier,
		"Delivery": d, "*Delivery": &d, "Envelope": e, "Event": event,
		"Action": action, "Invocation": clerkknock.Invocation{Action: action, Event: e}, "Step": steps[0], "[]Step": steps,
		"Entry": eventlog.NewEntry(d, report), "[]Entry": []eventlog.Entry{eventlog.NewEntry(d, report)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var printed bytes.Buffer
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
				fmt.Fprintf(&printed, verb+"\n", v)
			}
			slog.New(slog.NewTextHandler(&printed, nil)).Info("text", "v", v)
			if name != "Step" && name != "[]Step" { // whose JSON is a rehearsal
				slog.New(slog.NewJSONHandler(&printed, nil)).Info("json", "v", v)
			}
			for _, secret := range []string{private, secret[6:], fmt.Sprintf("%x", private), fmt.Sprintf("%X", private),
				fmt.Sprint([]byte(private))[1:20], fmt.Sprintf("%#v", []byte(private))[7:30]} {
				require.NotContains(t, printed.String(), secret)
			}
		})
	}
}
