package clerktest

import (
	"fmt"
	"strconv"
	"strings"
)

// Edit changes an event before Event encodes it. Set and Delete make edits; a
// function of your own is handed the whole event as encoding/json decodes it, with
// json.Number for numbers.
type Edit func(event map[string]any)

// Set makes an edit that puts a value at a path: keys and indexes joined by dots,
// like "data.email_addresses.0.verification". The value is anything that can be
// encoded as JSON, nil for null. A new key is added, and so is an element at the index
// that follows the last. The edit panics if the path leads through something that is
// not there, which is mostly a typing error.
func Set(path string, value any) Edit {
	return at(path, func(parent any, key string) any {
		switch parent := parent.(type) {
		case map[string]any:
			parent[key] = value
			return parent
		case []any:
			if i := index(key, len(parent)+1); i == len(parent) {
				return append(parent, value)
			} else if i >= 0 {
				parent[i] = value
				return parent
			}
		}
		return nil
	})
}

// Delete makes an edit that removes the key or element at a path. The edit panics if
// there is none.
func Delete(path string) Edit {
	return at(path, func(parent any, key string) any {
		switch parent := parent.(type) {
		case map[string]any:
			if _, ok := parent[key]; ok {
				delete(parent, key)
				return parent
			}
		case []any:
			if i := index(key, len(parent)); i >= 0 {
				return append(parent[:i], parent[i+1:]...)
			}
		}
		return nil
	})
}

// at makes an edit of the last step of a path. The change returns what its parent
// has become, because a list that grows is another one, and nil if the step leads
// nowhere.
func at(path string, change func(parent any, key string) any) Edit {
	var walk func(parent any, keys []string) any
	walk = func(parent any, keys []string) any {
		var result any
		if len(keys) == 1 {
			result = change(parent, keys[0])
		} else {
			switch parent := parent.(type) {
			case map[string]any:
				if child, ok := parent[keys[0]]; ok {
					parent[keys[0]] = walk(child, keys[1:])
					result = parent
				}
			case []any:
				if i := index(keys[0], len(parent)); i >= 0 {
					parent[i] = walk(parent[i], keys[1:])
					result = parent
				}
			}
		}
		if result == nil {
			panic(pathError(fmt.Sprintf("clerktest: path %q: there is no %q", path, keys[0])))
		}
		return result
	}
	return func(event map[string]any) { walk(event, strings.Split(path, ".")) }
}

// index is the number that key is, or -1 if it is none below the limit.
func index(key string, limit int) int {
	i, err := strconv.Atoi(key)
	if err != nil || i < 0 || i >= limit {
		return -1
	}
	return i
}
