package postgres

import (
	"context"
	"errors"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Migrate makes and updates the tables that Open needs, and does nothing else: a step
// of a deployment, by a role that may create, before processes whose role may not.
// Of the Config it uses Schema and Logger. Nothing is missing if it returns nil.
func Migrate(ctx context.Context, url string, c inbox.Config) error {
	pool, err := connect(ctx, url)
	if err != nil {
		return err
	}
	return migrate(ctx, pool, c, pool.Close)
}

// MigratePool is Migrate in the database of a pool that the host has, and that stays
// open.
func MigratePool(ctx context.Context, pool *pgxpool.Pool, c inbox.Config) error {
	return migrate(ctx, pool, c, func() {})
}

func migrate(ctx context.Context, pool *pgxpool.Pool, c inbox.Config, closePool func()) error {
	e, err := newEngine(pool, c, closePool)
	if err != nil {
		return err
	}
	return errors.Join(inbox.Migrate(ctx, e, c), e.Close())
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
