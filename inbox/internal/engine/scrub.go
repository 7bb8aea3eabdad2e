package engine

import (
	"context"
	"database/sql"
	"errors"
)

// Scrub overwrites what has been deleted, where the database leaves that to its user,
// and gives back the room. PostgreSQL does so by itself, when it vacuums.
func (s *Store) Scrub(ctx context.Context) error {
	if s.scrub == nil {
		return nil
	}
	return s.scrub(ctx)
}

// vacuumPages bounds how long one statement holds SQLite's only writer.
const vacuumPages = `PRAGMA incremental_vacuum(1000)`

// scrubSQLite gives free pages back and empties the write-ahead log, which still holds
// the pages as they were. A log that somebody reads just now is emptied the next time.
func scrubSQLite(ctx context.Context, write *sql.DB) error {
	conn, err := write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for left := -1; ; {
		var free int
		if err := conn.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free); err != nil {
			return err
		}
		if free == 0 || free == left {
			break
		}
		left = free
		if err := drain(ctx, conn, vacuumPages); err != nil {
			return err
		}
	}
	// One who reads for long, such as a backup, is not to hold up all who write.
	if err := drain(ctx, conn, `PRAGMA busy_timeout = 500`); err != nil {
		return err
	}
	err = drain(ctx, conn, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return errors.Join(err, drain(context.WithoutCancel(ctx), conn, `PRAGMA busy_timeout = 10000`))
}

// drain runs a statement to its end: a pragma works row by row.
func drain(ctx context.Context, conn *sql.Conn, statement string) error {
	rows, err := conn.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}
