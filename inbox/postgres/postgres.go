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

// maxIdle is the setting by which the server ends a transaction whose process has fallen
// asleep in it: its rows would be locked for all others until it wakes up. No transaction
// of an inbox waits for anything else than the server.
const maxIdle = "idle_in_transaction_session_timeout"

// Open opens the inbox in the database at url, as in
// postgres://user:password@host:5432/database; all settings are those of
// https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool#ParseConfig.
//
// It makes and updates the tables if they lack something. If they lack nothing the role
// needs no right to create.
func Open(ctx context.Context, url string, c inbox.Config) (*Inbox, error) {
	pool, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	return open(ctx, pool, c, pool.Close)
}

// OpenPool opens the inbox in the database of a pool that the host has, and
// that stays open when the inbox is closed. The pool needs room for two
// connections more than the host itself uses at once. Give its connections an
// idle_in_transaction_session_timeout, as Open does with 10 seconds: a process that is
// suspended in a transaction would hold up the others until it wakes up.
func OpenPool(ctx context.Context, pool *pgxpool.Pool, c inbox.Config) (*Inbox, error) {
	return open(ctx, pool, c, func() {})
}

func open(ctx context.Context, pool *pgxpool.Pool, c inbox.Config, closePool func()) (*Inbox, error) {
	e, err := newEngine(pool, c, closePool)
	if err != nil {
		return nil, err
	}
	box, putTx, err := inbox.Open(ctx, e, c)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return &Inbox{box, putTx}, nil
}

// connect opens a pool, which connects when it is used.
func connect(ctx context.Context, url string) (*pgxpool.Pool, error) {
	if url == "" {
		// pgx would take it for "the server on this machine".
		return nil, errors.New("inbox: the PostgreSQL URL is empty; is DATABASE_URL set?")
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// Its text repeats the URL.
		return nil, errors.New("inbox: PostgreSQL URL cannot be parsed")
	}
	if config.ConnConfig.RuntimeParams[maxIdle] == "" {
		// Not a parameter of the connection's start, which poolers refuse.
		config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, `SET `+maxIdle+` = '10s'`)
			return err
		}
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = max(config.MaxConns, minConns)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("inbox: cannot open PostgreSQL: %w", err)
	}
	return pool, nil
}

// newEngine is an engine on the pool, which is closed with it by closePool, or at once
// if there is an error.
func newEngine(pool *pgxpool.Pool, c inbox.Config, closePool func()) (engine.Engine[pgx.Tx], error) {
	schema := cmp.Or(c.Schema, "clerkknock")
	if err := checkSchema(schema); err != nil {
		closePool()
		return engine.Engine[pgx.Tx]{}, err
	}
	db := stdlib.OpenDBFromPool(pool)
	return engine.Engine[pgx.Tx]{
		Driver:  riverpgxv5.New(pool),
		Store:   engine.PostgreSQL(db, schema),
		Prepare: func(ctx context.Context) (func(), error) { return prepare(ctx, pool, schema) },
		Close: func() error {
			defer closePool()
			return db.Close()
		},
	}, nil
}
