package inbox_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// versions are all that differ in what decides between two of them.
func versions() []ledger.Version {
	seconds := []time.Time{{}, time.Unix(1_700_000_001, 0).UTC(), time.Unix(1_700_000_002, 0).UTC()}
	var all []ledger.Version
	for _, at := range seconds {
		for _, event := range seconds {
			all = append(all, ledger.Version{Time: at, Event: event}, ledger.Version{Time: at, Event: event, Deleted: true})
		}
	}
	return all
}

// newest is what the ledger knows of an entity.
func newest(t testing.TB, l ledger.Ledger, entity string) ledger.Version {
	t.Helper()
	c, err := l.Claim(t.Context(), "", entity)
	require.NoError(t, err)
	require.NoError(t, l.Release(t.Context(), c))
	return c.Newest
}

func TestOfAnyTwoVersionsTheLedgerKeepsTheOneThatMemoryKeeps(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		l, memory := at.open(t, inbox.Config{}).Ledger(), &ledger.Memory{}
		for i, first := range versions() {
			for j, second := range versions() {
				c := ledger.Claim{Entity: fmt.Sprint("user/", i, "/", j)}
				for _, v := range []ledger.Version{first, second} {
					require.NoError(t, l.Record(t.Context(), c, "", v))
					require.NoError(t, memory.Record(t.Context(), c, "", v))
				}
				assert.Equal(t, newest(t, memory, c.Entity), newest(t, l, c.Entity), "%v, then %v", first, second)
			}
		}
	})
}

func TestTheNewestVersionStaysWhoeverRecordsItWhen(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		boxes := []*inbox.Inbox{at.open(t, inbox.Config{})}
		if at.engine == "PostgreSQL" {
			boxes = append(boxes, at.open(t, inbox.Config{}))
		}
		const events = 40
		time0 := time.Unix(1_700_000_000, 0).UTC()
		for round := range 5 {
			c := ledger.Claim{Entity: fmt.Sprint("user/", round)}
			var all sync.WaitGroup
			for i := range events {
				all.Go(func() {
					v := ledger.Version{Time: time0, Event: time0.Add(time.Duration(i) * time.Second)}
					assert.NoError(t, boxes[i%len(boxes)].Ledger().Record(t.Context(), c, "", v))
				})
			}
			all.Wait()
			want := ledger.Version{Time: time0, Event: time0.Add((events - 1) * time.Second)}
			assert.Equal(t, want, newest(t, boxes[0].Ledger(), c.Entity))
		}
	})
}

// A database of before the event's time was kept is read on.
func TestAVersionWithoutAnEventsTimeIsKeptOverTheMigration(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		old := ledger.Version{Time: time.UnixMicro(1_700_000_000_123_000).UTC()}
		require.NoError(t, b.Ledger().Record(t.Context(), ledger.Claim{Entity: "user/1"}, "", old))
		require.NoError(t, b.Close())
		at.exec(t,
			`ALTER TABLE clerk_versions DROP COLUMN event`,
			`DROP TABLE clerk_aliases`,
			`DELETE FROM clerk_migrations WHERE name LIKE '%/002_%'`)

		b = at.open(t, inbox.Config{})
		assert.Equal(t, 1, waiting(t, b))
		assert.Equal(t, old, newest(t, b.Ledger(), "user/1"))
		deleted := ledger.Version{Time: old.Time, Event: old.Time, Deleted: true}
		require.NoError(t, b.Ledger().Record(t.Context(), ledger.Claim{Entity: "user/1"}, "", deleted))
		assert.Equal(t, deleted, newest(t, b.Ledger(), "user/1"))
	})
}
