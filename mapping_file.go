package clerkknock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// findMappings finds the list of mappings in a file, and its place there.
func findMappings(data []byte, environment string) (json.RawMessage, string, error) {
	if !json.Valid(data) {
		return nil, "", errors.New("the file is not JSON")
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return data, "", nil
	}
	var source struct {
		Source       json.RawMessage            `json:"source"`
		Environments map[string]json.RawMessage `json:"environment_settings"`
	}
	if err := json.Unmarshal(data, &source); err != nil {
		return nil, "", errors.New("the file holds neither a list of mappings nor a source")
	}
	prefix := ""
	if source.Source != nil {
		prefix = "source."
		if err := json.Unmarshal(source.Source, &source); err != nil {
			return nil, "", errors.New("source is no object")
		}
	}
	names := slices.Sorted(maps.Keys(source.Environments))
	switch {
	case len(names) == 0:
		return nil, "", errors.New("the file holds no environment_settings")
	case environment == "" && len(names) > 1:
		return nil, "", fmt.Errorf("the file holds several environments, name one of %s", strings.Join(names, ", "))
	case environment == "":
		environment = names[0]
	}
	settings, ok := source.Environments[environment]
	if !ok {
		return nil, "", fmt.Errorf("the file does not hold the environment %q, but %s",
			environment, strings.Join(names, ", "))
	}
	var found struct {
		Mappings json.RawMessage `json:"mappings"`
	}
	where := prefix + "environment_settings." + environment + ".mappings"
	if err := json.Unmarshal(settings, &found); err != nil || found.Mappings == nil {
		return nil, "", fmt.Errorf("%s is missing", where)
	}
	return found.Mappings, where, nil
}

func orRoot(where string) string {
	if where == "" {
		return "the file"
	}
	return where
}
