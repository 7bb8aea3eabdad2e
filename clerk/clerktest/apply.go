package clerktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Apply makes edits to the body of any event, in order, and returns it as Event does:
// compact, with sorted keys. It is for programs, which must not panic: an edit that
// leads nowhere and a body that is no JSON object are errors.
func Apply(body []byte, edits ...Edit) (edited []byte, err error) {
	// Numbers stay as they are written: a float64 would reformat a time.
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var event map[string]any
	if err := decoder.Decode(&event); err != nil || event == nil || decoder.More() {
		return nil, errors.New("clerktest: the event is no JSON object") // the decoder's text may repeat the body
	}
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case pathError:
			edited, err = nil, reason
		default:
			panic(reason)
		}
	}()
	for _, edit := range edits {
		edit(event)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(event); err != nil {
		return nil, fmt.Errorf("clerktest: the edited event: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Replace makes an edit that puts another value at a path where there is one. Unlike
// that of Set it panics if the last step leads nowhere, too: what is misspelt is not
// added.
func Replace(path string, value any) Edit {
	return at(path, func(parent any, key string) any {
		switch parent := parent.(type) {
		case map[string]any:
			if _, ok := parent[key]; ok {
				parent[key] = value
				return parent
			}
		case []any:
			if i := index(key, len(parent)); i >= 0 {
				parent[i] = value
				return parent
			}
		}
		return nil
	})
}

// At makes an edit that dates an event, and the state of whom and what it is about: an
// event that is dated now is newer than all that was sent before. It adds no field, but
// for the timestamp.
func At(t time.Time) Edit {
	return func(event map[string]any) {
		event["timestamp"] = t.UnixMilli()
		data, _ := event["data"].(map[string]any)
		for _, about := range []any{data, data["user"], data["organization"]} {
			entity, _ := about.(map[string]any)
			if _, ok := entity["updated_at"]; ok {
				entity["updated_at"] = t.UnixMilli()
			}
		}
	}
}

// pathError is what an edit that leads nowhere panics with.
type pathError string

func (e pathError) Error() string { return string(e) }
