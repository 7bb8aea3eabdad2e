package inbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"
)

// BenchmarkAccept is one durable Put, beside what it is made of: an insert by
// River, and a plain one of the same bytes.
func BenchmarkAccept(b *testing.B) {
	body := delivery("", "user_1").Body
	for _, engine := range []struct {
		name string
		site func(testing.TB) site
		raw  func(testing.TB) (plain, river func(context.Context, string, []byte) error)
	}{{"SQLite", sqliteSite, rawSQLite}, {"PostgreSQL", postgresSite, rawPostgres}} {
		plain, rivers := engine.raw(b)
		box := engine.site(b).open(b, inbox.Config{MaxBacklog: 1 << 30})
		put := func(ctx context.Context, id string, body []byte) error {
			return box.Put(ctx, clerkknock.Delivery{ID: id, Body: body, ReceivedAt: time.Now()})
		}
		var n atomic.Int64
		for _, way := range []struct {
			name   string
			insert func(context.Context, string, []byte) error
		}{{"Put", put}, {"River", rivers}, {"INSERT", plain}} {
			b.Run(engine.name+"/"+way.name, func(b *testing.B) {
				for b.Loop() {
					if err := way.insert(b.Context(), fmt.Sprint("msg_", n.Add(1)), body); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accepts/s")
			})
			b.Run(engine.name+"/"+way.name+"/16 at once", func(b *testing.B) {
				b.SetParallelism(8) // for each of two processors
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						if err := way.insert(b.Context(), fmt.Sprint("msg_", n.Add(1)), body); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accepts/s")
			})
		}
	}
}

type benchJob struct {
	ID   string `json:"id" river:"unique"`
	Body []byte `json:"body"`
}

func (benchJob) Kind() string { return "bench" }

func (benchJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

func rawSQLite(t testing.TB) (plain, rivers func(context.Context, string, []byte) error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "raw.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), `CREATE TABLE raw (id text PRIMARY KEY, body blob)`)
	require.NoError(t, err)
	return func(ctx context.Context, id string, body []byte) error {
		_, err := db.ExecContext(ctx, `INSERT INTO raw VALUES ($1, $2)`, id, body)
		return err
	}, rawRiver(t, riversqlite.New(db), "")
}

func rawPostgres(t testing.TB) (plain, rivers func(context.Context, string, []byte) error) {
	pool, err := pgxpool.New(t.Context(), smallPool(databaseURL(t)))
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	schema := "inbox_bench_raw"
	_, err = pool.Exec(t.Context(), `DROP SCHEMA IF EXISTS `+schema+` CASCADE`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `CREATE SCHEMA `+schema)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = pool.Exec(context.Background(), `DROP SCHEMA `+schema+` CASCADE`) })
	_, err = pool.Exec(t.Context(), `CREATE TABLE `+schema+`.raw (id text PRIMARY KEY, body bytea)`)
	require.NoError(t, err)
	return func(ctx context.Context, id string, body []byte) error {
		_, err := pool.Exec(ctx, `INSERT INTO `+schema+`.raw VALUES ($1, $2)`, id, body)
		return err
	}, rawRiver[pgx.Tx](t, riverpgxv5.New(pool), schema)
}

func rawRiver[TTx any](
	t testing.TB, driver riverdriver.Driver[TTx], schema string,
) func(context.Context, string, []byte) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: schema})
	require.NoError(t, err)
	_, err = m.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	client, err := river.NewClient(driver, &river.Config{Schema: schema})
	require.NoError(t, err)
	return func(ctx context.Context, id string, body []byte) error {
		_, err := client.Insert(ctx, benchJob{id, body}, nil)
		return err
	}
}

// BenchmarkDrain works off a backlog of 2,000 events of as many users, one step
// each. An iteration is the whole backlog.
func BenchmarkDrain(b *testing.B) {
	const backlog = 2000
	for _, engine := range engines {
		for _, effect := range []time.Duration{0, 5 * time.Millisecond} {
			b.Run(fmt.Sprintf("%s/effect %v", engine.name, effect), func(b *testing.B) {
				box := engine.site(b).open(b, inbox.Config{})
				done := make(chan struct{}, backlog)
				src := newSource(b, box, identify(), func(context.Context, clerkknock.Invocation) error {
					if effect > 0 {
						work := time.NewTimer(effect)
						<-work.C
					}
					done <- struct{}{}
					return nil
				})
				var n int
				for b.Loop() {
					b.StopTimer()
					for range backlog {
						n++
						d := delivery(fmt.Sprint("msg_", n), fmt.Sprint("user_", n))
						require.NoError(b, box.Put(b.Context(), d))
					}
					b.StartTimer()
					require.NoError(b, box.Start(b.Context(), src.Process))
					for range backlog {
						<-done
					}
					b.StopTimer()
					require.NoError(b, box.Stop(b.Context()))
					b.StartTimer()
				}
				b.ReportMetric(float64(backlog)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
