package postgres

import (
	"fmt"
	"regexp"
)

// maxSchema is what PostgreSQL's 63 bytes of a channel's name leave when River has
// added ".river_leadership".
const maxSchema = 46

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// checkSchema returns why a name cannot be that of the schema.
func checkSchema(name string) error {
	if !schemaName.MatchString(name) {
		return fmt.Errorf("inbox: Config.Schema is %q; use lower-case letters, digits and _, with no digit first", name)
	}
	if len(name) > maxSchema {
		return fmt.Errorf("inbox: Config.Schema has %d characters; River leaves room for %d", len(name), maxSchema)
	}
	return nil
}
