package inbox

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Dialect is the SQL that an Engine speaks.
type Dialect string

// The dialects.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// store is the database behind an inbox. Its queries are written in the SQL
// that both engines understand, $1 for a parameter included, with names in
// braces for the rest.
type store struct {
	// write may have a single connection: a transaction must not query it.
	write, read *sql.DB
	replacer    *strings.Replacer
}

func newStore(d Dialect, schema string, write, read *sql.DB) (*store, error) {
	var pairs []string
	switch d {
	case SQLite:
		pairs = []string{
			"{schema}", "",
			// Milliseconds since 1970 by the clock of the database.
			"{now}", "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)",
			// What River has in a column of time.
			"{river_now}", "datetime('now', 'subsec')",
			"{finalized_ms}", "CAST(round(unixepoch(finalized_at, 'subsec') * 1000) AS INTEGER)",
			"{created_ms}", "CAST(round(unixepoch(created_at, 'subsec') * 1000) AS INTEGER)",
			"{last_error}", "errors ->> '$[#-1].error'",
			"{args}", "json(args)",
		}
	case PostgreSQL:
		pairs = []string{
			"{schema}", `"` + strings.ReplaceAll(schema, `"`, `""`) + `".`,
			"{now}", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
			"{river_now}", "now()",
			"{finalized_ms}", "CAST(extract(epoch FROM finalized_at) * 1000 AS bigint)",
			"{created_ms}", "CAST(extract(epoch FROM created_at) * 1000 AS bigint)",
			"{last_error}", "errors[array_upper(errors, 1)] ->> 'error'",
			"{args}", "args::text",
		}
	default:
		return nil, fmt.Errorf("inbox: unknown dialect %q", d)
	}
	return &store{write: write, read: read, replacer: strings.NewReplacer(pairs...)}, nil
}

// sql fills the names in.
func (s *store) sql(query string) string { return s.replacer.Replace(query) }

func (s *store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(s.write.ExecContext(ctx, s.sql(query), args...))
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// tx runs f in a transaction, which is committed if f returns nil.
func (s *store) tx(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

//go:embed migrations
var migrations embed.FS

// migrate makes and updates the tables that are not River's own.
func (s *store) migrate(ctx context.Context, d Dialect) error {
	if _, err := s.exec(ctx, `CREATE TABLE IF NOT EXISTS {schema}clerk_migrations (name text PRIMARY KEY)`); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/"+string(d)+"/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(files)
	for _, file := range files {
		script, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		if err := s.apply(ctx, file, string(script)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// apply runs a script unless it has been run.
func (s *store) apply(ctx context.Context, name, script string) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, s.sql(`INSERT INTO {schema}clerk_migrations (name) VALUES ($1) ON CONFLICT DO NOTHING`), name))
		if err != nil || n == 0 {
			return err
		}
		// One at a time: pgx prepares each, and PostgreSQL prepares no lists.
		for statement := range strings.SplitSeq(s.sql(script), ";") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}
