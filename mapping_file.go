package clerkknock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// filePart is a value in a file of mappings, and where it stands there.
type filePart struct {
	gjson.Result
	file string
	at   string // such as "mappings[3].action_parameters.data", empty for the whole file
}

// openMappings finds the list of mappings in a file.
func openMappings(data []byte, environment string) (filePart, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // a mark that some editors and shells put first
	file := string(data)
	whole := filePart{Result: gjson.Parse(file), file: file}
	if !utf8.Valid(data) {
		return whole, whole.errorf("the file is not UTF-8, as JSON has to be; save it as that")
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			whole.Index = max(0, int(syntax.Offset)-1)
		}
		return whole, whole.errorf("the file is not JSON: %w", err)
	}
	list, err := whole.findMappings(environment)
	if err == nil && list.Type != gjson.Null && !list.IsArray() {
		err = list.errorf("is no list of mappings")
	}
	return list, err
}

// findMappings finds the list in each of the shapes in which Knock's API has it.
func (p filePart) findMappings(environment string) (filePart, error) {
	if p.IsArray() {
		p.at = "mappings"
		return p, nil
	}
	if !p.IsObject() {
		return p, p.errorf("the file holds neither a list of mappings nor a source")
	}
	if inner := p.get("source"); inner.IsObject() {
		p = inner
	}
	for _, key := range []string{"default_action_mappings", "mappings"} {
		if list := p.get(key); list.Exists() {
			return list, nil
		}
	}
	var names []string
	var found filePart
	for name, settings := range p.get("environment_settings").members() {
		names = append(names, name)
		if name == environment || environment == "" {
			found = settings
		}
	}
	slices.Sort(names)
	switch all := strings.Join(names, ", "); {
	case len(names) == 0:
		return p, p.errorf("there are neither environment_settings nor default_action_mappings; " +
			"ask Knock's API to include them")
	case environment == "" && len(names) > 1:
		return p, p.errorf("the file holds several environments, name one of %s", all)
	case !found.Exists():
		return p, p.errorf("the file does not hold the environment %q, but %s", environment, all)
	}
	list := found.get("mappings")
	if !list.Exists() {
		return p, list.errorf("is missing")
	}
	return list, nil
}

// get is the member of an object, or a part that does not exist. key is a constant.
func (p filePart) get(key string) filePart {
	return p.within(p.Get(key), key)
}

// members are those of an object, in the order of the file.
func (p filePart) members() iter.Seq2[string, filePart] {
	return func(yield func(string, filePart) bool) {
		if p.IsObject() {
			p.ForEach(func(key, value gjson.Result) bool { return yield(key.Str, p.within(value, key.Str)) })
		}
	}
}

// elements are those of a list.
func (p filePart) elements() iter.Seq[filePart] {
	return func(yield func(filePart) bool) {
		i := -1
		p.ForEach(func(_, value gjson.Result) bool {
			i++
			return !p.IsArray() || yield(filePart{value, p.file, fmt.Sprintf("%s[%d]", p.at, i)})
		})
	}
}

func (p filePart) within(value gjson.Result, key string) filePart {
	return filePart{value, p.file, strings.TrimPrefix(p.at+"."+key, ".")}
}

// errorf is an error that begins with where it is: the line and the column, and the
// place by its name. What does not exist is looked for in vain where its parent is.
func (p filePart) errorf(format string, args ...any) error {
	where := position(p.file, p.Index)
	if p.at != "" {
		where += ": " + p.at
	}
	return fmt.Errorf("%s: "+format, append([]any{where}, args...)...)
}

// position is the line and the column of a byte, both from 1.
func position(file string, at int) string {
	before := file[:at]
	return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, at-strings.LastIndexByte(before, '\n'))
}
