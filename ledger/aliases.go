package ledger

import "context"

// Aliases remembers the name that an entity has elsewhere, such as a user's
// external_id, as long as the entity lives. [Memory] is one, and an inbox
// has one, Aliases. All methods must be safe for concurrent use.
type Aliases interface {
	// SetAlias notes the alias of an entity, "" for one that has none.
	SetAlias(ctx context.Context, entity, alias string) error
	// Alias returns what SetAlias has noted last, and whether it has.
	Alias(ctx context.Context, entity string) (alias string, known bool, err error)
}
