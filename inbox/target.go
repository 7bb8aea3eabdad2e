package inbox

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// checkTarget compares the Config's target with the one that the database was used
// for, which it remembers if there is none.
func checkTarget(ctx context.Context, s *engine.Store, c Config) error {
	if c.Target == "" {
		return nil
	}
	now, former := shown(c.Target), shown(c.FormerTarget)
	_, err := s.Exec(ctx, `
		INSERT INTO {schema}clerk_settings AS s (name, value) VALUES ('target', $1)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE s.value = $2`, now, cmp.Or(former, now))
	var known string
	if err == nil {
		err = s.QueryRow(ctx, `SELECT value FROM {schema}clerk_settings WHERE name = 'target'`).Scan(&known)
	}
	if err != nil {
		return fmt.Errorf("inbox: cannot compare Config.Target: %w", err)
	}
	if known != now {
		return fmt.Errorf("inbox: this database was used for target %q, now it is %q; use another database, "+
			"or set Config.FormerTarget to %[1]q if both are the same Knock", known, now)
	}
	return nil
}

// shown is a target as it is remembered and shown: without what may be a secret.
func shown(target string) string {
	words := strings.Fields(encodeText(target))
	for i, word := range words {
		scheme, rest, isURL := strings.Cut(word, "://")
		switch {
		case isURL:
			if end := strings.IndexAny(rest, "?#"); end >= 0 {
				rest = rest[:end]
			}
			authority, path, _ := strings.Cut(rest, "/")
			authority = authority[strings.LastIndex(authority, "@")+1:]
			words[i] = strings.TrimRight(scheme+"://"+authority+"/"+path, "/")
		case strings.HasPrefix(word, "sk_test_"):
			words[i] = "sk_test_…"
		case strings.HasPrefix(word, "sk_"):
			words[i] = "sk_…"
		}
	}
	return strings.Join(words, " ")
}
