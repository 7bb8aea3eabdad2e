package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock/ledger"
)

var _ ledger.Aliases = (*sqlLedger)(nil)

// SetAlias implements ledger.Aliases. The alias is removed with the last trace of the
// entity's deletion.
func (l *sqlLedger) SetAlias(ctx context.Context, entity, alias string) error {
	_, err := l.store.Exec(ctx, `
		INSERT INTO {schema}clerk_aliases (entity, alias) VALUES ($1, $2)
		ON CONFLICT (entity) DO UPDATE SET alias = excluded.alias`, indexKey(entity), encodeText(alias))
	if err != nil {
		return fmt.Errorf("cannot note an alias: %w", err)
	}
	return nil
}

// Alias implements ledger.Aliases.
func (l *sqlLedger) Alias(ctx context.Context, entity string) (alias string, known bool, err error) {
	err = l.store.QueryRow(ctx, `SELECT alias FROM {schema}clerk_aliases WHERE entity = $1`,
		indexKey(entity)).Scan(&alias)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("cannot read an alias: %w", err)
	}
	return decodeText(alias), true, nil
}
