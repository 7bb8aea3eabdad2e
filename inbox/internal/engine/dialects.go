package engine

import (
	"context"
	"database/sql"
	"strings"
)

// SQLite returns a store in an SQLite file that is opened twice. write may have a
// single connection; read is for queries only.
func SQLite(write, read *sql.DB) *Store {
	scrub := func(ctx context.Context) error { return scrubSQLite(ctx, write) }
	return &Store{write: write, read: read, migrations: "sqlite", scrub: scrub, names: strings.NewReplacer(
		"{schema}", "",
		// Milliseconds since 1970 by the clock of the database.
		"{now}", "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)",
		// What River has in a column of time.
		"{river_now}", "datetime('now', 'subsec')",
		"{finalized_ms}", "CAST(round(unixepoch(finalized_at, 'subsec') * 1000) AS INTEGER)",
		"{created_ms}", "CAST(round(unixepoch(created_at, 'subsec') * 1000) AS INTEGER)",
		"{scheduled_ms}", "CAST(round(unixepoch(scheduled_at, 'subsec') * 1000) AS INTEGER)",
		"{last_error}", "errors ->> '$[#-1].error'",
		// What a worker has noted, which River keeps as the job's output.
		"{noted_error}", "metadata ->> '$.output.error'",
		"{noted_tries}", "metadata ->> '$.output.tries'",
		"{without_snoozes}", "jsonb_remove(metadata, '$.snoozes')",
		"{args}", "json(args)",
		"{without_content}", "jsonb_remove(args, '$.body', '$.header', '$.key_id', '$.entity', '$.person')",
		"{erased}", "jsonb_set(jsonb_remove(args, '$.body', '$.header', '$.key_id'), '$.erased', json('true'))",
		"{without_header}", "json_remove(delivery, '$.header')",
		// The second parameter, which is JSON text, as what the column holds.
		"{args_of_2}", "jsonb($2)",
		// A transaction that writes is alone.
		"{for_update}", "",
	)}
}

// PostgreSQL returns a store in a schema of a PostgreSQL database.
func PostgreSQL(db *sql.DB, schema string) *Store {
	return &Store{write: db, read: db, migrations: "postgres", schema: schema, names: strings.NewReplacer(
		"{schema}", `"`+strings.ReplaceAll(schema, `"`, `""`)+`".`,
		"{now}", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
		"{river_now}", "now()",
		"{finalized_ms}", "CAST(extract(epoch FROM finalized_at) * 1000 AS bigint)",
		"{created_ms}", "CAST(extract(epoch FROM created_at) * 1000 AS bigint)",
		"{scheduled_ms}", "CAST(extract(epoch FROM scheduled_at) * 1000 AS bigint)",
		"{last_error}", "errors[array_upper(errors, 1)] ->> 'error'",
		"{noted_error}", "metadata #>> '{output,error}'",
		"{noted_tries}", "CAST(metadata #>> '{output,tries}' AS bigint)",
		"{without_snoozes}", "metadata - 'snoozes'",
		"{args}", "args::text",
		"{without_content}", "args - 'body' - 'header' - 'key_id' - 'entity' - 'person'",
		"{erased}", `(args - 'body' - 'header' - 'key_id') || '{"erased": true}'`,
		"{without_header}", "(CAST(delivery AS jsonb) - 'header')::text",
		// The second parameter, which is JSON text, as what the column holds.
		"{args_of_2}", "CAST(CAST($2 AS text) AS jsonb)",
		"{for_update}", "FOR UPDATE",
	)}
}
