package engine

import (
	"context"
	"database/sql"
	"strings"
)

// Store is the database behind an inbox. Its queries are written in the SQL that
// both databases understand, $1 for a parameter included, with names in braces
// for the rest.
type Store struct {
	// write may have a single connection: a transaction must not query it.
	write, read *sql.DB
	names       *strings.Replacer
	migrations  string
	schema      string
	scrub       func(ctx context.Context) error // nil if there is nothing to do
}

// Schema is where the tables are, empty with SQLite.
func (s *Store) Schema() string { return s.schema }

// SQL is a statement as the database takes it, for transactions that are not the Store's.
func (s *Store) SQL(statement string) string { return s.names.Replace(statement) }

// Exec runs a statement and returns how many rows it has changed.
func (s *Store) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	return affected(s.write.ExecContext(ctx, s.names.Replace(statement), args...))
}

// QueryRow runs a query whose answer is a row.
func (s *Store) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return s.read.QueryRowContext(ctx, s.names.Replace(query), args...)
}

// Query runs a query and scans each row of its answer.
func Query[T any](
	ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), query string, args ...any,
) ([]T, error) {
	rows, err := s.read.QueryContext(ctx, s.names.Replace(query), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// Tx is a transaction of a Store.
type Tx struct {
	tx    *sql.Tx
	names *strings.Replacer
}

// Exec is the Store's Exec in the transaction.
func (t Tx) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	return affected(t.tx.ExecContext(ctx, t.names.Replace(statement), args...))
}

// QueryRow is the Store's QueryRow in the transaction.
func (t Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, t.names.Replace(query), args...)
}

// InTx runs f in a transaction, which is committed if f returns nil.
func (s *Store) InTx(ctx context.Context, f func(tx Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(Tx{tx, s.names}); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
