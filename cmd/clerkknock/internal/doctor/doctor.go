// Package doctor looks at all that a server needs, before it is needed.
package doctor

import (
	"context"
	"fmt"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/server"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
)

// Status says how a check went.
type Status string

// The statuses. Skip is a check that had nothing to look at.
const (
	Pass Status = "pass"
	Warn Status = "warn"
	Fail Status = "fail"
	Skip Status = "skip"
)

// Finding is what a check has found, and what to do about it.
type Finding struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// Config says what is looked at.
type Config struct {
	Table         settings.Table
	SecretFile    string
	KeyFile       string
	Database      server.Database
	ManagementURL string
}

// Examine looks at everything, in the order in which a delivery meets it.
func Examine(ctx context.Context, c Config) []Finding {
	var all []Finding
	for _, check := range []func(context.Context, Config) []Finding{
		secrets, key, database, mappings, workflows,
	} {
		if ctx.Err() != nil {
			break
		}
		all = append(all, check(ctx, c)...)
	}
	return all
}

func pass(check, format string, args ...any) Finding {
	return Finding{Check: check, Status: Pass, Text: fmt.Sprintf(format, args...)}
}

func skip(check, format string, args ...any) Finding {
	return Finding{Check: check, Status: Skip, Text: fmt.Sprintf(format, args...)}
}

func warn(check, remedy, format string, args ...any) Finding {
	return Finding{Check: check, Status: Warn, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

func fail(check, remedy, format string, args ...any) Finding {
	return Finding{Check: check, Status: Fail, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}
