package command

import (
	"os"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/server"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/spf13/cobra"
)

// database says where deliveries are kept.
type database struct {
	file, schema string
	checkOnly    bool
}

func (d *database) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&d.file, "db", "clerkknock.db",
		"the SQLite file with the deliveries; not used with DATABASE_URL (CLERKKNOCK_DB)")
	f.StringVar(&d.schema, "schema", "", "the PostgreSQL schema with the deliveries (default: clerkknock)")
}

// config is the database with an inbox of this Config.
func (d *database) config(c *cobra.Command, box inbox.Config) (server.Database, error) {
	fromEnvironment(c, "db", "CLERKKNOCK_DB")
	url, err := settings.Value(settings.Database, "")
	if err != nil {
		return server.Database{}, err
	}
	keys, err := settings.Keys()
	if err != nil {
		return server.Database{}, err
	}
	box.Keys, box.Schema, box.CheckOnly = keys, d.schema, d.checkOnly
	return server.Database{URL: url, File: d.file, Config: box}, nil
}

// fromEnvironment gives a flag that was not set the value of a variable, if that has one.
func fromEnvironment(c *cobra.Command, flag, variable string) {
	if value := os.Getenv(variable); value != "" && !c.Flags().Changed(flag) {
		_ = c.Flags().Set(flag, value) // a text takes any
	}
}
