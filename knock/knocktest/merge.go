package knocktest

import (
	"encoding/json"
	"maps"
)

// merge returns old with the changes in it: maps are merged into maps, and
// everything else, null and arrays included, takes the old value's place. Nothing
// is ever removed: https://docs.knock.app/managing-recipients/identifying-recipients.
func merge(old, changes map[string]any) map[string]any {
	merged := maps.Clone(old)
	if merged == nil {
		merged = make(map[string]any, len(changes))
	}
	for key, value := range changes {
		if nested, ok := value.(map[string]any); ok {
			before, _ := merged[key].(map[string]any)
			value = merge(before, nested)
		}
		merged[key] = value
	}
	return merged
}

// clone copies a decoded JSON value, so that who gets it can change it.
func clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return cloneMap(value)
	case []any:
		copied := make([]any, len(value))
		for i, v := range value {
			copied[i] = clone(v)
		}
		return copied
	}
	return value
}

func cloneMap(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	copied := make(map[string]any, len(m))
	for key, value := range m {
		copied[key] = clone(value)
	}
	return copied
}

// size is the length of a value as JSON.
func size(v any) int {
	data, _ := json.Marshal(v)
	return len(data)
}
