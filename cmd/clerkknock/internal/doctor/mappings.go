package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/knock/mapi"
	"github.com/clerkknock/clerkknock/mappingtest"
)

func mappings(_ context.Context, c Config) []Finding {
	const check = "mappings"
	mapper, err := c.Table.Mapper()
	if err != nil {
		return []Finding{fail(check, "clerkknock mappings validate names each mistake with its place", "%v",
			firstLine(err))}
	}
	found := []Finding{pass(check, "%d are right, %d of them active", len(mapper.Mappings()), len(active(mapper)))}
	for _, path := range mappingtest.Unresolved(mapper) {
		found = append(found, warn(check, "is the path misspelt? Metadata of your own is in no sample", "%s", path))
	}
	return found
}

// firstLine is the first of joined errors.
func firstLine(err error) string {
	line, rest, more := strings.Cut(err.Error(), "\n")
	if more {
		line += " (and more: " + strings.SplitN(rest, "\n", 2)[0] + ")"
	}
	return line
}

func active(mapper *clerkknock.Mapper) []clerkknock.Mapping {
	return slices.DeleteFunc(mapper.Mappings(), func(m clerkknock.Mapping) bool { return m.Inactive })
}

// workflows looks whether Knock has the workflows that the table triggers.
func workflows(ctx context.Context, c Config) []Finding {
	const check = "workflows"
	mapper, err := c.Table.Mapper()
	if err != nil {
		return []Finding{skip(check, "the mappings cannot be read")}
	}
	keys := triggered(mapper)
	if len(keys) == 0 {
		return []Finding{pass(check, "no active mapping triggers one that is named")}
	}
	token, err := settings.Value(settings.Token, "")
	if err != nil {
		return []Finding{fail(check, "unset one of the two", "%v", err)}
	}
	if token == "" || c.Table.Environment == "" {
		return []Finding{warn(check, "set "+settings.Token+" to a service token of Knock's, and --environment",
			"nobody knows whether Knock has %s", strings.Join(keys, ", "))}
	}
	client := mapi.Client{Token: token, BaseURL: c.ManagementURL}
	var found []Finding
	for _, key := range keys {
		found = append(found, workflow(ctx, client, key, c.Table.Environment))
	}
	return found
}

func workflow(ctx context.Context, client mapi.Client, key, environment string) Finding {
	const check = "workflows"
	w, err := client.Workflow(ctx, key, environment)
	switch {
	case errors.Is(err, mapi.ErrNotFound):
		return fail(check, "make and commit it, or switch its mapping off",
			"Knock has no workflow %s in %s", key, environment)
	case err != nil:
		return fail(check, "look at "+settings.Token, "%s", strings.TrimPrefix(err.Error(), "mapi: "))
	case !w.Active:
		return warn(check, "switch it on in Knock's dashboard", "%s is switched off in %s", key, environment)
	}
	return pass(check, "%s is there", key)
}

// triggered are the keys of workflows that active mappings name. One that an event names
// is not known before.
func triggered(mapper *clerkknock.Mapper) []string {
	var keys []string
	for _, m := range active(mapper) {
		raw, err := clerkknock.WriteMappings([]clerkknock.Mapping{m})
		var written []struct {
			Action clerkknock.ActionType `json:"action_type"`
			Params struct {
				Key json.RawMessage `json:"key"`
			} `json:"action_parameters"`
		}
		if err != nil || json.Unmarshal(raw, &written) != nil || len(written) != 1 {
			continue
		}
		var key string
		if written[0].Action == clerkknock.WorkflowsTrigger && json.Unmarshal(written[0].Params.Key, &key) == nil {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
