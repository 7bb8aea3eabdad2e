package inbox

import (
	"fmt"
	"io"
	"log/slog"
)

// Format prints nothing of what an Inbox holds, whatever the verb.
func (in *Inbox) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "inbox.Inbox") }

// Format prints the Config without its secrets, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.LogValue().String()) }

// LogValue logs the Config without its secrets: of Keys the IDs, of the targets what the
// database remembers.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("workers", c.Workers),
		slog.Int("max_backlog", c.MaxBacklog),
		slog.Int("max_attempts", c.MaxAttempts),
		slog.Duration("job_timeout", c.JobTimeout),
		slog.Duration("stop_timeout", c.StopTimeout),
		slog.Duration("retention", c.Retention),
		slog.Duration("dead_retention", c.DeadRetention),
		slog.String("target", shown(c.Target)),
		slog.String("former_target", shown(c.FormerTarget)),
		slog.String("schema", c.Schema),
		slog.Any("keys", c.Keys),
		slog.Bool("erase_deleted", c.EraseDeleted),
		slog.Bool("check_only", c.CheckOnly),
	)
}
