package engine

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed migrations
var migrations embed.FS

// Scripts returns the names of the migrations of the tables that are not River's own,
// in their order.
func (s *Store) Scripts() ([]string, error) {
	files, err := fs.Glob(migrations, "migrations/"+s.migrations+"/*.sql")
	slices.Sort(files)
	return files, err
}

// Applied returns the names of those that have been run. They must have been begun.
func (s *Store) Applied(ctx context.Context) ([]string, error) {
	return Query(ctx, s, func(rows *sql.Rows) (name string, err error) {
		err = rows.Scan(&name)
		return name, err
	}, `SELECT name FROM {schema}`+MigrationTable)
}

// MigrationTable is where it is noted what has been run.
const MigrationTable = "clerk_migrations"

// Migrate makes and updates the tables that are not River's own.
func (s *Store) Migrate(ctx context.Context) error {
	_, err := s.Exec(ctx, `CREATE TABLE IF NOT EXISTS {schema}`+MigrationTable+` (name text PRIMARY KEY)`)
	if err != nil {
		return err
	}
	files, err := s.Scripts()
	if err != nil {
		return err
	}
	for _, file := range files {
		script, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		if err := s.runOnce(ctx, file, string(script)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// runOnce runs a script unless it has been run.
func (s *Store) runOnce(ctx context.Context, name, script string) error {
	return s.InTx(ctx, func(tx Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO {schema}clerk_migrations (name) VALUES ($1) ON CONFLICT DO NOTHING`, name)
		if err != nil || n == 0 {
			return err
		}
		// One at a time: pgx prepares each, and PostgreSQL prepares no lists.
		for statement := range strings.SplitSeq(script, ";") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}
