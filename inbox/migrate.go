package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// ErrMigrations is returned by Open with Config.CheckOnly if the tables are not those of this
// version, or there are none yet. It is wrapped with the names of what is missing.
var ErrMigrations = errors.New("the database lacks migrations")

// Migrate makes and updates the tables of an inbox, whatever Config.CheckOnly says.
// Package postgres calls it; a host calls theirs.
func Migrate[TTx any](ctx context.Context, e engine.Engine[TTx], c Config) error {
	c.CheckOnly = false
	c, err := c.withDefaults()
	if err != nil {
		return err
	}
	return prepare(ctx, e, c)
}

// prepare sees to it that the tables are as this version needs them. Only to change
// them it needs more rights than to use them.
func prepare[TTx any](ctx context.Context, e engine.Engine[TTx], c Config) error {
	m, err := rivermigrate.New(e.Driver, &rivermigrate.Config{
		Logger: slog.New(quiet{c.Logger.Handler()}),
		Schema: e.Store.Schema(),
	})
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	lacking, err := missing(ctx, e, m)
	if err != nil {
		return fmt.Errorf("inbox: cannot look at the tables: %w", err)
	}
	if len(lacking) == 0 {
		return nil
	}
	names := strings.Join(lacking, ", ")
	if c.CheckOnly {
		return fmt.Errorf("inbox: %w: %s; run Migrate first, or clear Config.CheckOnly", ErrMigrations, names)
	}
	if err := migrate(ctx, e, m); err != nil {
		return fmt.Errorf("inbox: cannot update the tables, which lack migrations: %s: %w", names, err)
	}
	return nil
}

// missing names the migrations that have not been run.
func missing[TTx any](ctx context.Context, e engine.Engine[TTx], m *rivermigrate.Migrator[TTx]) ([]string, error) {
	scripts, err := e.Store.Scripts()
	if err != nil {
		return nil, err
	}
	begun, err := e.Driver.GetExecutor().TableExists(ctx, &riverdriver.TableExistsParams{
		Schema: e.Store.Schema(), Table: engine.MigrationTable,
	})
	if err != nil {
		return nil, err
	}
	var applied, lacking []string
	if begun {
		if applied, err = e.Store.Applied(ctx); err != nil {
			return nil, err
		}
		all := m.AllVersions()
		if err := refuseNewer(ctx, e.Store, applied, scripts, all[len(all)-1].Version); err != nil {
			return nil, err
		}
	}
	rivers, err := m.Validate(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, message := range rivers.Messages {
		lacking = append(lacking, "River's "+strings.TrimPrefix(message, "Unapplied migrations: "))
	}
	for _, script := range scripts {
		if !slices.Contains(applied, script) {
			lacking = append(lacking, path.Base(script))
		}
	}
	return lacking, nil
}

// refuseNewer returns an error if the tables have been changed by a later version, of
// which this one, which knows its own scripts and River's latest, cannot know what it
// needs.
func refuseNewer(ctx context.Context, s *engine.Store, applied, scripts []string, latest int) error {
	var newer string
	for _, script := range applied {
		if !slices.Contains(scripts, script) {
			newer = path.Base(script)
		}
	}
	var rivers int
	err := s.QueryRow(ctx, `SELECT max(version) FROM {schema}river_migration WHERE line = 'main'`).Scan(&rivers)
	if err != nil {
		return err
	}
	if rivers > latest {
		newer = fmt.Sprint("River's ", rivers)
	}
	if newer == "" {
		return nil
	}
	return fmt.Errorf("they have been changed by a newer version of this program, by migration %s; "+
		"update the program, or use another database", newer)
}

// migrate runs what is missing, first of River's own tables.
func migrate[TTx any](ctx context.Context, e engine.Engine[TTx], m *rivermigrate.Migrator[TTx]) error {
	if e.Prepare != nil {
		unlock, err := e.Prepare(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return e.Store.Migrate(ctx)
}
