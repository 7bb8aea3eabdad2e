// Package postgres keeps an inbox in PostgreSQL, which any number of processes
// on any number of machines can share.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Inbox is an inbox.Inbox that can also put inside a transaction.
type Inbox struct {
	*inbox.Inbox
	putTx inbox.PutTx[pgx.Tx]
}

// PutTx is Put inside a transaction of the host's on the same database: the
// delivery is stored if and when tx is committed.
func (in *Inbox) PutTx(ctx context.Context, tx pgx.Tx, d clerkknock.Delivery) error {
	return in.putTx(ctx, tx, d)
}

// minConns is how many connections Open asks for at least, unless the URL says
// how many: one listens for new deliveries, the others are shared by Put and
// the workers.
const minConns = 10

// Open opens the inbox in the database at url, as in
// postgres://user:password@host:5432/database; all settings are those of
// https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool#ParseConfig.
func Open(ctx context.Context, url string, c inbox.Config) (*Inbox, error) {
	if url == "" {
		// pgx would take it for "the server on this machine".
		return nil, errors.New("inbox: the PostgreSQL URL is empty; is DATABASE_URL set?")
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// Its text repeats the URL.
		return nil, errors.New("inbox: PostgreSQL URL cannot be parsed")
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = max(config.MaxConns, minConns)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("inbox: cannot open PostgreSQL: %w", err)
	}
	return open(ctx, pool, c, pool.Close)
}

// OpenPool opens the inbox in the database of a pool that the host has, and
// that stays open when the inbox is closed. The pool needs room for two
// connections more than the host itself uses at once.
func OpenPool(ctx context.Context, pool *pgxpool.Pool, c inbox.Config) (*Inbox, error) {
	return open(ctx, pool, c, func() {})
}

func open(ctx context.Context, pool *pgxpool.Pool, c inbox.Config, closePool func()) (*Inbox, error) {
	schema := cmp.Or(c.Schema, "clerkknock")
	db := stdlib.OpenDBFromPool(pool)
	e := engine.Engine[pgx.Tx]{
		Driver: riverpgxv5.New(pool),
		Store:  engine.PostgreSQL(db, schema),
		Close: func() error {
			defer closePool()
			return db.Close()
		},
	}
	unlock, err := prepare(ctx, pool, schema)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("inbox: cannot open PostgreSQL: %w", err), e.Close())
	}
	box, putTx, err := inbox.Open(ctx, e, c)
	unlock()
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return &Inbox{box, putTx}, nil
}

// migrationLock is the advisory lock under which one process at a time updates
// the tables. The number means nothing.
const migrationLock = 6_512_027_358_411

// prepare makes the schema and holds the lock until unlock.
func prepare(ctx context.Context, pool *pgxpool.Pool, schema string) (unlock func(), err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	unlock = func() {
		// The lock ends with its session, if not before.
		_ = conn.Hijack().Close(context.WithoutCancel(ctx))
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		unlock()
		return nil, err
	}
	var exists bool
	// To create what exists would need the right to create.
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, schema).Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, `CREATE SCHEMA `+pgx.Identifier{schema}.Sanitize())
	}
	if err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}
