package console

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/tidwall/gjson"
)

// parameter is one that a mapping has, or a member of one: where it comes from, and what
// that is in an event.
type parameter struct {
	// Name is as reports have it: "properties.plan".
	Name, From string
	// State is "present", "null", "missing", or "" if no event was looked at.
	State string
	Value []line
	// Why says why it is missing.
	Why string

	at []string // its name in parts
}

// hostCodeTime is how long the host's own functions in a table may take for one page.
const hostCodeTime = 10 * time.Second

// parameters resolves the parameters of a mapping, one by one, in an event. The error says
// why none can be: a function of the host's has failed, say.
func (c *console) parameters(ctx context.Context, m clerkknock.Mapping, s specimen, seen exposure,
) ([]parameter, error) {
	all := parametersOf(m)
	if len(all) == 0 || s.delivery.Body == nil {
		return all, nil
	}
	found, leftOut, err := c.probe(ctx, m, s.delivery)
	if err != nil {
		return all, err
	}
	hide := seen == masked && c.config.HidePayloads
	for i := range all {
		p := &all[i]
		raw, why := p.find(found, leftOut)
		switch {
		case raw == nil:
			p.State, p.Why = "missing", why
		case string(raw) == "null":
			p.State = "null"
		default:
			p.State = "present"
			if !hide {
				p.Value = p.lined(raw, seen)
			}
		}
	}
	return all, nil
}

// parametersOf are a mapping's parameters in the order of their names. The members of an
// object stand for it.
func parametersOf(m clerkknock.Mapping) []parameter {
	var all []parameter
	var add func(o origin, at ...string)
	add = func(o origin, at ...string) {
		members := o.members()
		for _, member := range slices.Sorted(maps.Keys(members)) {
			add(members[member], append(slices.Clip(at), member)...)
		}
		if len(members) == 0 {
			all = append(all, parameter{Name: strings.Join(at, "."), From: o.String(), at: at})
		}
	}
	names := slices.Sorted(maps.Keys(m.Params))
	// What the action is about comes first.
	slices.SortStableFunc(names, func(a, b string) int { return leads(a) - leads(b) })
	for _, name := range names {
		add(originOf(m.Params[name]), name)
	}
	return all
}

// leads puts the parameters that tell what an action is about before the others.
func leads(name string) int {
	if i := slices.Index([]string{"key", "collection", "id", "recipients", "members"}, name); i >= 0 {
		return i
	}
	return 9
}

// probe has the mapper itself resolve the parameters, with its Preprocess hook and nothing
// else of its table: as the data of a trigger, which may have any members.
func (c *console) probe(ctx context.Context, m clerkknock.Mapping, d clerkknock.Delivery,
) (found json.RawMessage, leftOut []string, err error) {
	mapper := c.config.Source.Mapper()
	var others []string
	for _, other := range mapper.Mappings() {
		others = append(others, other.ID)
	}
	probe := clerkknock.Mapping{ID: "probe", Event: m.Event, Action: clerkknock.WorkflowsTrigger,
		Params: clerkknock.Params{
			"key": clerkknock.Literal("probe"), "recipients": clerkknock.Literal("probe"),
			"data": clerkknock.Object(m.Params),
		}}
	steps, err := mapper.Without(others...).With(probe).Rehearse(ctx, d)
	switch {
	case err != nil:
		return nil, nil, err
	case len(steps) == 0:
		return nil, nil, errOtherEvent
	}
	return steps[0].Action.Params["data"], steps[0].LeftOut, steps[0].Err
}

// find finds the parameter in what was resolved, or why it is not there.
func (p parameter) find(found json.RawMessage, leftOut []string) (raw json.RawMessage, why string) {
	for _, name := range p.at {
		var members map[string]json.RawMessage
		_ = json.Unmarshal(found, &members) // what is no object has no members
		found = members[name]
	}
	if found != nil {
		return found, ""
	}
	for _, left := range leftOut {
		if why, ok := strings.CutPrefix(left, "data."+p.Name+": "); ok {
			return nil, shortPath(why)
		}
	}
	return nil, "it resolves to nothing"
}

// lined is the value as it may be seen.
func (p parameter) lined(raw json.RawMessage, seen exposure) []line {
	w := lineWriter{seen: seen}
	w.value("", p.at[len(p.at)-1], gjson.ParseBytes(raw), 0, slices.ContainsFunc(p.at, isFree), "")
	return w.lines
}

// errOtherEvent is of an event that is not the mapping's.
var errOtherEvent = errors.New("the mapping is for events of another type")
