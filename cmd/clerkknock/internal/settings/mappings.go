package settings

import (
	"fmt"

	"github.com/clerkknock/clerkknock"
	"github.com/spf13/pflag"
)

// Defaults is what a person writes for the default table.
const Defaults = "defaults"

// Table names a table of mappings: a file, or the defaults.
type Table struct {
	File        string
	Environment string
}

// Flags adds the flags that name the table.
func (t *Table) Flags(f *pflag.FlagSet) {
	f.StringVarP(&t.File, "mappings", "m", Defaults, "a file of mappings in Knock's JSON, or the default table")
	t.EnvironmentFlag(f)
}

// EnvironmentFlag adds the flag that names the environment.
func (t *Table) EnvironmentFlag(f *pflag.FlagSet) {
	f.StringVar(&t.Environment, "environment", "", "the environment to take of a source's file, if it holds several")
}

// Mappings reads the table. What can be read is returned beside the error, which joins
// those of ReadMappings.
func (t *Table) Mappings() ([]clerkknock.Mapping, error) {
	if t.File == "" || t.File == Defaults {
		return clerkknock.DefaultMapper().Mappings(), nil
	}
	data, err := ReadFile(t.File, MaxFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the mappings: %w", err)
	}
	return clerkknock.ReadMappings(data, t.Environment)
}

// Mapper is the whole table: half of it would do something else.
func (t *Table) Mapper() (*clerkknock.Mapper, error) {
	mappings, err := t.Mappings()
	if err == nil {
		mapper := clerkknock.NewMapper(mappings...)
		if err = mapper.Err(); err == nil {
			return mapper, nil
		}
	}
	return nil, fmt.Errorf("the mappings in %s: %w", t.File, err)
}
