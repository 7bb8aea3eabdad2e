package knocktest

import (
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxUserID is from https://docs.knock.app/concepts/users.
	maxUserID = 256
	// maxProperties is the size of an entity's custom properties after the merge:
	// https://docs.knock.app/managing-recipients/identifying-recipients.
	maxProperties = 256 << 10
)

// recipient is a reference, or an inline identification with what to upsert.
// https://docs.knock.app/managing-recipients/identifying-recipients
type recipient struct {
	ref        Ref
	properties map[string]any // nil for a reference
}

// parseRecipient reads "user", {"collection", "id"}, {"id", …} or
// {"collection", "id", …}.
func parseRecipient(p *problems, field string, value any) recipient {
	switch value := value.(type) {
	case string:
		if value == "" {
			p.add(field, "can't be blank")
		}
		return recipient{ref: Ref{UsersCollection, value}}
	case map[string]any:
		ref := Ref{Collection: UsersCollection}
		ref.ID = text(p, field+".id", value["id"])
		properties := maps.Clone(value)
		if collection, ok := value["collection"]; ok {
			ref.Collection = text(p, field+".collection", collection)
			delete(properties, "id")
			delete(properties, "collection")
		}
		// Data for this recipient alone does not make an identification.
		delete(properties, "$trigger_data")
		if len(properties) == 0 {
			return recipient{ref: ref}
		}
		checkID(p, field+".id", ref)
		checkProperties(p, field+".", ref, properties)
		return recipient{ref: ref, properties: properties}
	}
	p.add(field, "is not a recipient")
	return recipient{}
}

// text reads a required string.
func text(p *problems, field string, value any) string {
	s, ok := value.(string)
	if !ok || s == "" {
		p.add(field, "can't be blank")
	}
	return s
}

// checkID refuses what cannot become an ID: https://docs.knock.app/concepts/users.
func checkID(p *problems, field string, ref Ref) {
	if ref.Collection != UsersCollection {
		return
	}
	if utf8.RuneCountInString(ref.ID) > maxUserID {
		p.add(field, fmt.Sprintf("should be at most %d character(s)", maxUserID))
	}
	if strings.ContainsAny(ref.ID, "/#") {
		p.add(field, "must not contain / or #")
	}
}

// checkProperties refuses values of the wrong type for the names that mean
// something to Knock. Everything else is a custom property of any type.
func checkProperties(p *problems, prefix string, ref Ref, properties map[string]any) {
	scalars := []string{"name", "locale", "timezone", "created_at"}
	switch ref.Collection {
	case UsersCollection:
		scalars = append(scalars, "email", "phone_number", "avatar")
	case TenantsCollection:
		scalars = []string{"name"}
		checkSettings(p, prefix, properties)
	}
	for _, name := range scalars {
		switch value := properties[name].(type) {
		case nil:
		case string:
			if _, err := time.Parse(time.RFC3339, value); name == "created_at" && err != nil {
				p.add(prefix+name, "is not an ISO 8601 date and time")
			}
		default:
			p.add(prefix+name, "is not a string")
		}
	}
	for _, name := range []string{"channel_data", "preferences"} {
		value, given := properties[name]
		optionalMap(p, prefix+name, value)
		if given && value == nil && ref.Collection != UsersCollection && ref.Collection != TenantsCollection {
			p.add(prefix+name, "is null") // the API reference takes it for users and tenants
		}
	}
	checkSets(p, prefix+"channel_data", properties["channel_data"], func(string, map[string]any) {})
	checkSets(p, prefix+"preferences", properties["preferences"], func(field string, set map[string]any) {
		checkPreferenceSet(p, field, set)
	})
}

// optionalBool refuses what is neither a boolean nor null.
func optionalBool(p *problems, field string, value any) {
	if _, ok := value.(bool); !ok && value != nil {
		p.add(field, "is not a boolean")
	}
}

// optionalMap reads an object or null.
func optionalMap(p *problems, field string, value any) map[string]any {
	m, ok := value.(map[string]any)
	if !ok && value != nil {
		p.add(field, "is not an object")
	}
	return m
}

// list reads a required array of 1 to max elements.
func list(p *problems, field string, value any, most int) []any {
	l, ok := value.([]any)
	switch {
	case !ok:
		p.add(field, "is not an array")
	case len(l) == 0:
		p.add(field, "should have at least 1 item")
	case len(l) > most:
		p.add(field, fmt.Sprintf("should have at most %d item(s)", most))
		return nil
	}
	return l
}

// recipients reads a required array of recipients.
func recipients(p *problems, field string, value any, most int) []recipient {
	var parsed []recipient
	for i, v := range list(p, field, value, most) {
		parsed = append(parsed, parseRecipient(p, fmt.Sprintf("%s[%d]", field, i), v))
	}
	return parsed
}

// references reads an array of recipients that may not be identified inline.
func references(p *problems, field string, value any, most int) []Ref {
	var refs []Ref
	for i, r := range recipients(p, field, value, most) {
		if r.properties != nil {
			p.add(fmt.Sprintf("%s[%d]", field, i), "is not a reference to a recipient")
		}
		refs = append(refs, r.ref)
	}
	return refs
}

// checkSize refuses an identification that would make too much of the entity.
func (s *state) checkSize(p *problems, field string, rs ...recipient) {
	for _, r := range rs {
		if r.properties != nil && !s.fits(r.ref, r.properties) {
			p.add(field, fmt.Sprintf("custom properties of %q exceed 256 kB", r.ref.ID))
		}
	}
}

func (s *state) fits(ref Ref, properties map[string]any) bool {
	custom := maps.Clone(s.merged(ref, properties).properties)
	maps.DeleteFunc(custom, func(key string, _ any) bool {
		return reserved[key] || key == "settings" && ref.Collection == TenantsCollection
	})
	return size(custom) <= maxProperties
}

// reserved are the properties that are not custom.
var reserved = map[string]bool{
	"name": true, "email": true, "avatar": true, "locale": true, "phone_number": true, "timezone": true,
	"created_at": true,
}

// identify carries out the inline identifications. The ID of a tenant comes as
// one without properties: it makes what is missing and touches nothing else.
func (s *state) identify(now time.Time, rs ...recipient) {
	for _, r := range rs {
		if len(r.properties) > 0 || r.properties != nil && !s.has(r.ref) {
			s.upsert(r.ref, r.properties, now)
		}
	}
}
