// Package marks finds what slips out of a value that is printed, logged or encoded, for
// tests: Filled marks whatever a type can hold, Shown says where a mark appears, and
// Types lists the types, so that none is forgotten.
package marks

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

const (
	// Secret is in what hides itself, such as a clerk.Secret.
	Secret = "mark-of-a-secret"
	// Private is in all else that is text.
	Private = "mark-of-a-person"
)

// Shown returns the ways to print, log or encode a value in which the mark appears, in
// whatever form. A value is also shown by a pointer to it; a pointer is shown alone,
// since what it points to may not be copied.
func Shown[T any](v T, mark string) (ways []string) {
	shows := map[string]string{}
	for name, form := range map[string]any{
		"itself": v, "a pointer": &v, "a list": []T{v}, "a field": struct{ V T }{v}, "any": []any{v},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "% x", "%X", "%d", "%o", "%20s"} {
			shows[verb+" of "+name] = fmt.Sprintf(verb, form)
		}
		shows["Sprint of "+name] = fmt.Sprint(form)
		encoded, _ := json.Marshal(form) // what cannot be encoded shows nothing
		shows["JSON of "+name] = string(encoded)
		var text, logged bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("", "v", form)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("", "v", form)
		shows["slog's text of "+name], shows["slog's JSON of "+name] = text.String(), logged.String()
	}
	for way, shown := range shows {
		for _, form := range forms(mark) {
			if strings.Contains(strings.ToLower(shown), form) {
				ways = append(ways, way)
				break
			}
		}
	}
	return ways
}

// forms are those in which text appears, in lower case.
func forms(mark string) []string {
	raw := []byte(mark)
	all := []string{
		mark,
		fmt.Sprintf("%x", raw),
		fmt.Sprintf("% x", raw),
		strings.Trim(fmt.Sprint(raw), "[]"),
		strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte{"), "}"),
		strings.Trim(fmt.Sprintf("%o", raw), "[]"),
	}
	// Base64 goes by threes. What has a neighbour's bits in it is left out.
	for skip := range 3 {
		whole := raw[skip:]
		whole = whole[:len(whole)/3*3]
		all = append(all, strings.ToLower(base64.StdEncoding.EncodeToString(whole)))
	}
	return all
}
