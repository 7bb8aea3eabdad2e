package inbox_test

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/require"
)

// BenchmarkEventLog looks for entries among many: 10,000, or as many as the environment's
// EVENTLOG_ENTRIES says.
func BenchmarkEventLog(b *testing.B) {
	entries, err := strconv.Atoi(cmp.Or(os.Getenv("EVENTLOG_ENTRIES"), "10000"))
	require.NoError(b, err)
	for _, engine := range engines {
		at := engine.site(b)
		box := at.open(b, inbox.Config{})
		_, err := newSource(b, box, identify(), (&recorder{}).Execute).Process(b.Context(), delivery("msg", "user"))
		require.NoError(b, err)
		at.exec(b, manyEntries(entries))
		if engine.name == "PostgreSQL" {
			at.exec(b, `ANALYZE clerk_events`) // as it does by itself, a minute later
		}
		log := box.EventLog()
		newest, err := log.Entries(b.Context(), eventlog.Query{})
		require.NoError(b, err)
		require.Len(b, newest, eventlog.DefaultLimit)
		first := newest[0].Delivery.ReceivedAt
		middle := eventlog.Position{ReceivedAt: first.Add(-time.Duration(entries/2) * time.Millisecond)}
		for _, q := range []struct {
			name  string
			query eventlog.Query
		}{
			{"first page", eventlog.Query{}},
			{"page in the middle", eventlog.Query{Before: middle}},
			{"one ID", eventlog.Query{ID: "msg_77"}},
			{"a user", eventlog.Query{Entity: clerk.UserEntity("user_77")}},
			{"an organization", eventlog.Query{Entity: "organization/org_7"}},
			{"the failed", eventlog.Query{Outcome: clerkknock.OutcomeFailed}},
			{"a type", eventlog.Query{Type: "user.deleted"}},
			{"the failed of a type", eventlog.Query{Type: "user.deleted", Outcome: clerkknock.OutcomeFailed}},
			{"an hour", eventlog.Query{From: middle.ReceivedAt, To: middle.ReceivedAt.Add(time.Hour)}},
			{"a beginning that few have", eventlog.Query{Search: "user_777"}},
			{"a beginning that all have", eventlog.Query{Search: "msg_"}},
		} {
			b.Run(engine.name+"/"+q.name, func(b *testing.B) {
				for b.Loop() {
					if _, err := log.Entries(b.Context(), q.query); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(engine.name+"/count", func(b *testing.B) {
			for b.Loop() {
				if _, err := log.Count(b.Context(), eventlog.Query{From: first.Add(-time.Hour)}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(engine.name+"/observe", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				d := delivery(fmt.Sprint("new_", b.N, "_", i), "user_1")
				if err := log.Observe(b.Context(), d, newest[0].Latest()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyEntries is a statement that adds so many like the one that is there: of a tenth as
// many users, a thousandth as many organizations, one in a thousand failed, one in a hundred
// a deletion, one in a millisecond.
func manyEntries(n int) string {
	return `INSERT INTO clerk_events (key, type, outcome, at, attempts, delivery, report, body, key_id, entity, person,
			organization, received, changed, planned)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + strconv.Itoa(n) + `)
		SELECT 'msg_' || i,
			CASE WHEN i % 100 = 0 THEN 'user.deleted' WHEN i % 3 = 0 THEN 'session.created' ELSE 'user.created' END,
			CASE WHEN i % 1009 = 0 THEN 'failed' WHEN i % 7 = 0 THEN 'skipped' ELSE 'succeeded' END,
			e.at + i * 1000, 1, e.delivery, e.report, e.body, '',
			CASE WHEN i % 3 = 0 THEN 'session/sess_' || i ELSE 'user/user_' || (i % ` + strconv.Itoa(n/10) + `) END,
			CASE WHEN i % 3 = 0 THEN 'user/user_' || (i % ` + strconv.Itoa(n/10) + `) ELSE '' END,
			CASE WHEN i % 3 = 0 THEN 'organization/org_' || (i % ` + strconv.Itoa(n/1000) + `) ELSE '' END,
			e.received + i * 1000, e.changed, e.planned
		FROM n, (SELECT * FROM clerk_events WHERE key = 'msg') AS e`
}
