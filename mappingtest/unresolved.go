package mappingtest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// Unresolved returns the paths of the mapper's mappings, inactive ones included, that
// lead nowhere in any sample of the mapping's event: mostly they are misspelt. What
// is null in a sample is there. Each is told with its mapping and parameter; a mapping
// to an event without a sample is named as well. More samples, each the body of an
// event, are added to those of package clerktest. Headers but svix-id are the host's
// own and not looked at, and neither is what Func, On and Handle read. A mapper with
// mistakes is reported by its Err alone.
func Unresolved(m *clerkknock.Mapper, more ...[]byte) []string {
	if err := m.Err(); err != nil {
		return []string{err.Error()}
	}
	samples := samplesOf(more)
	var found []string
	for _, mapping := range m.Mappings() {
		for _, name := range slices.Sorted(maps.Keys(mapping.Params)) {
			for _, path := range mapping.Params[name].Paths() {
				if strings.HasPrefix(path, "headers.") && path != "headers.svix-id" {
					continue
				}
				if !leadsSomewhere(m, mapping.Event, path, samples[mapping.Event]) {
					found = append(found, fmt.Sprintf("mapping %q: parameter %q: %s leads nowhere", mapping.ID, name, path))
				}
			}
		}
		if len(samples[mapping.Event]) == 0 {
			found = append(found, fmt.Sprintf("mapping %q: there is no sample of the event %q; give one",
				mapping.ID, mapping.Event))
		}
	}
	return found
}

// samplesOf has the bodies of events by their type.
func samplesOf(more [][]byte) map[string][][]byte {
	for _, eventType := range clerktest.Types() {
		more = append(more, clerktest.Event(eventType))
	}
	for _, body := range clerktest.Variants() {
		more = append(more, body)
	}
	samples := map[string][][]byte{}
	for _, body := range more {
		if e, err := clerk.Parse(body); err == nil {
			samples[e.Type] = append(samples[e.Type], body)
		}
	}
	return samples
}

// leadsSomewhere has the mapper itself follow the path, with its Preprocess hook and
// nothing else of its table. Without a sample it cannot tell.
func leadsSomewhere(m *clerkknock.Mapper, event, path string, samples [][]byte) bool {
	for _, mapping := range m.Mappings() {
		m = m.Without(mapping.ID)
	}
	m = m.With(clerkknock.Mapping{Event: event, Action: clerkknock.UsersIdentify, Params: clerkknock.Params{
		"id": clerkknock.Literal("probe"), "properties": clerkknock.Object(clerkknock.Params{"probe": clerkknock.Path(path)}),
	}})
	for _, body := range samples {
		steps, err := m.Rehearse(context.Background(), sample(body))
		if err == nil && len(steps) == 1 && len(steps[0].LeftOut) == 0 {
			return true
		}
	}
	return len(samples) == 0
}

// sample is a delivery of a body.
func sample(body []byte) clerkknock.Delivery {
	return clerkknock.Delivery{ID: "msg_sample", Header: http.Header{"Svix-Id": {"msg_sample"}}, Body: body}
}
