package backfill_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/internal/memnet"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// world is a host's Source in front of an emulated Knock, reached by HTTP on a fake clock.
type world struct {
	api    *knocktest.API
	source *clerkknock.Source
}

// inMemory runs f in a world of its own.
func inMemory(t *testing.T, c knocktest.Config, mapper *clerkknock.Mapper, f func(t *testing.T, w world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c.Now = time.Now
		api := knocktest.New(c)
		client, stop := memnet.Serve(t, api)
		defer stop()
		executor, err := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: "http://knock", Client: client})
		require.NoError(t, err)
		source, err := clerkknock.New(clerkknock.Config{
			SigningSecrets: []string{clerktest.Secret}, Executor: executor, Mapper: mapper, Logger: quiet,
		})
		require.NoError(t, err)
		f(t, world{api, source})
	})
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// users, organizations and memberships as Clerk lists them, the v-th state of each.
func user(i, v int) json.RawMessage {
	return fmt.Appendf(nil, `{"id":"user_%d","object":"user","first_name":"v%d","public_metadata":{"v":%d},
		"email_addresses":[],"phone_numbers":[],"updated_at":%d}`, i, v, v, at(v))
}

func organization(i, v int) json.RawMessage {
	return fmt.Appendf(nil, `{"id":"org_%d","object":"organization","name":"v%d","public_metadata":{"v":%d},
		"updated_at":%d}`, i, v, v, at(v))
}

func membership(org, user, v int) json.RawMessage {
	return fmt.Appendf(nil, `{"id":"orgmem_%d_%d","object":"organization_membership","role":"v%d",
		"organization":%s,"public_user_data":{"user_id":"user_%d"},"updated_at":%d}`,
		org, user, v, organization(org, 1), user, at(v))
}

func at(v int) int64 { return 1_767_225_600_000 + int64(v)*1000 }

// records are n users, orgs organizations, and a membership of each user. A position is the
// number of records before it, at every page.
func records(users, orgs, page int) backfill.Reader {
	return func(_ context.Context, after string) iter.Seq2[backfill.Record, error] {
		return func(yield func(backfill.Record, error) bool) {
			from, _ := strconv.Atoi(after)
			for i := from; i < 2*users+orgs; i++ {
				var r backfill.Record
				switch {
				case i < users:
					r = backfill.Record{Kind: backfill.User, Data: user(i, 1)}
				case i < users+orgs:
					r = backfill.Record{Kind: backfill.Organization, Data: organization(i-users, 1)}
				default:
					n := i - users - orgs
					r = backfill.Record{Kind: backfill.Membership, Data: membership(n%orgs, n, 1)}
				}
				if (i+1)%page == 0 || i+1 == 2*users+orgs {
					r.Position = strconv.Itoa(i + 1)
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// holdsAll checks that Knock holds what records has.
func (w world) holdsAll(t *testing.T, users, orgs int) {
	t.Helper()
	snap := w.api.Snapshot()
	require.Len(t, snap.Users, users)
	for _, u := range snap.Users {
		require.Equal(t, "v1", u.Properties["name"], u.ID)
	}
	require.Len(t, snap.Tenants, orgs)
	require.Len(t, snap.Subscriptions, users)
}

// calls counts the requests to Knock by path, those that look aside.
func (w world) calls() map[string]int {
	n := map[string]int{}
	for _, r := range w.api.Requests() {
		if !strings.HasPrefix(r.Path, "/v1/bulk_operations/") {
			n[r.Method+" "+r.Path]++
		}
	}
	return n
}
