package clerkknock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// goldenMapper has everything that the default table offers switched on.
func goldenMapper() *clerkknock.Mapper {
	m := clerkknock.DefaultMapper().
		Set("user.deleted:workflows_trigger", clerkknock.Params{"recipients": clerkknock.Literal([]string{"ops"})})
	for _, mapping := range m.Mappings() {
		m = m.Enable(mapping.ID)
	}
	return m
}

// customMapper is what hosts do beyond it.
func customMapper() *clerkknock.Mapper {
	path, literal := clerkknock.Path, clerkknock.Literal
	payer := clerkknock.First(path("data.payer.user_id"), path("data.payer.organization_id"))
	accepted := func(_ context.Context, e clerk.Event[clerk.OrganizationInvitation]) ([]clerkknock.Action, error) {
		return []clerkknock.Action{clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
			"key": "invitation-accepted", "recipients": []string{"ops"}, "data": map[string]any{"role": e.Data.Role},
		})}, nil
	}
	return clerkknock.NewMapper(
		clerkknock.Mapping{
			Event:  "waitlistEntry.created",
			Action: clerkknock.UsersIdentify,
			Params: clerkknock.Params{"id": path("data.id"), "email": path("data.email_address")},
		},
		clerkknock.Mapping{
			Event:  "organization.created",
			Action: clerkknock.ObjectsSet,
			Params: clerkknock.Params{
				"collection": literal("workspaces"),
				"id":         path("data.slug"),
				"name":       path("data.name"),
				"properties": path("data.public_metadata"),
			},
		},
		clerkknock.Mapping{
			Event:  "organization.deleted",
			Action: clerkknock.ObjectsDelete,
			Params: clerkknock.Params{"collection": literal("workspaces"), "id": path("data.id")},
		},
		clerkknock.Mapping{
			Event:  "subscriptionItem.active",
			Action: clerkknock.AudiencesAddMember,
			Params: clerkknock.Params{
				"key": path("data.plan.slug"), "members": payer, "tenant": path("data.payer.organization_id"),
			},
		},
		clerkknock.Mapping{
			Event:  "subscriptionItem.ended",
			Action: clerkknock.AudiencesRemoveMember,
			Params: clerkknock.Params{"key": path("data.plan.slug"), "members": payer},
		},
		clerkknock.Mapping{
			Event:  "session.ended",
			Action: clerkknock.WorkflowsCancel,
			Params: clerkknock.Params{
				"key": literal("session-created"), "cancellation_key": path("data.id"), "recipients": path("data.user_id"),
			},
		},
		clerkknock.Mapping{Event: "paymentAttempt.updated", Action: clerkknock.WorkflowsTrigger, Params: clerkknock.Params{
			"key": literal("payment"), "cancellation_key": path("headers.svix-id"), "tenant": path("preprocess.tenant"),
			"recipients": clerkknock.Object(clerkknock.Params{"id": payer, "email": path("data.payer.email")}),
			"data": clerkknock.Object(clerkknock.Params{
				"status": path("data.status"),
				"total":  path("data.totals.grand_total.amount_formatted"),
				"at":     clerkknock.Time("data.billing_date"),
			}),
		}},
		clerkknock.On(clerk.OrganizationInvitationAccepted, accepted),
	).Preprocess(func(_ context.Context, e clerk.Envelope) (map[string]any, error) {
		return map[string]any{"tenant": e.InstanceID}, nil
	})
}

// Each file of testdata/golden is an event with the steps that are planned for
// it and the calls of Knock's API that they become.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	written := map[string]bool{}
	for folder, mapper := range map[string]*clerkknock.Mapper{"default": goldenMapper(), "custom": customMapper()} {
		require.NoError(t, mapper.Err())
		for _, eventType := range clerk.Types() {
			steps, err := mapper.Rehearse(t.Context(), goldenDelivery(eventType))
			if err == nil && len(steps) == 0 {
				continue
			}
			file := filepath.Join("testdata", "golden", folder, eventType+".txt")
			written[file] = true
			t.Run(folder+"/"+eventType, func(t *testing.T) {
				t.Parallel()
				require.NoError(t, err)
				got := golden(t, steps)
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
					require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err, "run with -update, and read the diff")
				require.Equal(t, string(want), got)
			})
		}
	}
	files, err := filepath.Glob("testdata/golden/*/*.txt")
	require.NoError(t, err)
	for _, file := range files {
		require.True(t, written[file], "%s belongs to no mapping", file)
	}
}

func goldenDelivery(eventType string) clerkknock.Delivery {
	return clerkknock.Delivery{
		ID:     "msg_golden",
		Header: map[string][]string{"Svix-Id": {"msg_golden"}},
		Body:   clerktest.Event(eventType),
	}
}

// golden is what the file of an event with these steps has to be.
func golden(t *testing.T, steps []clerkknock.Step) string {
	t.Helper()
	var b strings.Builder
	for _, step := range steps {
		require.NoError(t, step.Err, step.ID)
		require.Empty(t, step.Skip, "%s: the fixture is complete", step.ID)
		fmt.Fprintf(&b, "step %s\n", step.ID)
		requests, err := knock.Render(clerkknock.Invocation{
			Action: step.Action, MappingID: step.Mapping, IdempotencyKey: step.IdempotencyKey,
		})
		require.NoError(t, err, step.ID)
		for _, r := range requests {
			fmt.Fprintf(&b, "\n%s %s\n", r.Method, r.Path)
			if r.IdempotencyKey != "" {
				fmt.Fprintf(&b, "Idempotency-Key: %s\n", r.IdempotencyKey)
			}
			var body bytes.Buffer
			if len(r.Body) > 0 {
				require.NoError(t, json.Indent(&body, r.Body, "", "  "))
			}
			fmt.Fprintf(&b, "%s\n", body.String())
			for _, private := range []string{"do-not-forward", "private_metadata", "192.0.2.", "2001:db8"} {
				require.NotContains(t, string(r.Body), private, step.ID)
			}
		}
	}
	return b.String()
}
