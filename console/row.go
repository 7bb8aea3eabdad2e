package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
)

// row is an entry in a list.
type row struct {
	Path     string
	Received when
	Type     string
	Outcome  clerkknock.Outcome
	Words    string
	About    []thing
}

func (c *console) row(e eventlog.Entry, table []clerkknock.Mapping) row {
	shown := row{Path: eventPath(e), Received: c.when(e.Delivery.ReceivedAt), Type: e.Type, Outcome: e.Outcome,
		Words: sentence(e, table), About: things(e.Entities)}
	if shown.Type == "" {
		shown.Type = "no event"
		if e.Outcome == clerkknock.OutcomeRefused {
			shown.Type = "refused request"
		}
	}
	return shown
}

func (c *console) rows(entries []eventlog.Entry) []row {
	table := c.config.Source.Mapper().Mappings()
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = c.row(e, table)
	}
	return rows
}

// eventPath is the address of an entry's page below the root.
func eventPath(e eventlog.Entry) string { return "events/" + positionText(e.Position()) }

// thing is whom an event is about: a person, an organization, or something else.
type thing struct {
	// Entity is as eventlog.Entry names it.
	Entity string
	// Kind and ID are its parts.
	Kind, ID string
	// Path is that of its page, or of the events about it.
	Path string
}

func thingOf(entity string) thing {
	kind, rest, _ := strings.Cut(entity, "/")
	id, err := url.PathUnescape(rest)
	if err != nil {
		id = rest
	}
	t := thing{Entity: entity, Kind: kind, ID: id}
	switch kind {
	case "user":
		t.Path = "people/" + url.PathEscape(id)
	case "organization":
		t.Path = "organizations/" + url.PathEscape(id)
	default:
		t.Path = "events?entity=" + url.QueryEscape(entity)
	}
	return t
}

// things are the people and organizations among entities first, as people look for them.
// A membership is known by both and is left out beside them.
func things(entities []string) []thing {
	var all []thing
	for _, entity := range entities {
		t := thingOf(entity)
		if t.Kind == "membership" && len(entities) > 2 {
			continue
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b thing) int { return rank(a.Kind) - rank(b.Kind) })
	return all
}

func rank(kind string) int {
	switch kind {
	case "user":
		return 0
	case "organization":
		return 1
	}
	return 2
}

// organizationEntity is the Entity of an organization.
func organizationEntity(id string) string { return "organization/" + url.PathEscape(id) }

// userEntity is the Entity of a user.
func userEntity(id string) string { return clerk.UserEntity(id) }
