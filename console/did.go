package console

import (
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/tidwall/gjson"
)

// deeds say what an action has done, with the parameters that tell to what.
var deeds = map[clerkknock.ActionType]string{
	clerkknock.UsersIdentify:           "identified {id}",
	clerkknock.UsersMerge:              "merged {from_user_id} into {id}",
	clerkknock.UsersSetPreferences:     "set preferences of {id}",
	clerkknock.UsersUnsetPreferences:   "removed preferences of {id}",
	clerkknock.UsersSetChannelData:     "set channel data of {id}",
	clerkknock.UsersUnsetChannelData:   "removed channel data of {id}",
	clerkknock.UsersDelete:             "deleted {id}",
	clerkknock.ObjectsSet:              "set {collection}/{id}",
	clerkknock.ObjectsSetPreferences:   "set preferences of {collection}/{id}",
	clerkknock.ObjectsUnsetPreferences: "removed preferences of {collection}/{id}",
	clerkknock.ObjectsSetChannelData:   "set channel data of {collection}/{id}",
	clerkknock.ObjectsUnsetChannelData: "removed channel data of {collection}/{id}",
	clerkknock.ObjectsDelete:           "deleted {collection}/{id}",
	clerkknock.TenantsSet:              "set tenant {id}",
	clerkknock.TenantsDelete:           "deleted tenant {id}",
	clerkknock.ObjectsSubscribe:        "subscribed {recipients} to {id}",
	clerkknock.ObjectsUnsubscribe:      "unsubscribed {recipients} from {id}",
	clerkknock.AudiencesAddMember:      "added {members} to audience {key}",
	clerkknock.AudiencesRemoveMember:   "removed {members} from audience {key}",
	clerkknock.WorkflowsCancel:         "cancelled workflow {key}",
	clerkknock.WorkflowsTrigger:        "triggered workflow {key} for {recipients}",
}

// did says what a step has done, as far as the log still knows: parameters may have been
// erased, or hidden.
func did(s clerkknock.StepReport) string {
	if s.Action == "" {
		return "ran " + s.ID
	}
	deed, ok := deeds[s.Action]
	if !ok {
		return strings.ReplaceAll(string(s.Action), "_", " ")
	}
	var text strings.Builder
	for {
		before, rest, found := strings.Cut(deed, "{")
		text.WriteString(before)
		if !found {
			return text.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		text.WriteString(names(s.Planned, name))
		deed = after
	}
}

// maxNames bounds how many of a list a sentence names.
const maxNames = 2

// names is a parameter in a sentence: an ID, or the IDs of a list.
func names(a clerkknock.Action, param string) string {
	if text := a.Text(param); text != "" {
		return short(text)
	}
	ids := idsIn(a, param)
	switch {
	case len(ids) == 0:
		return "…"
	case len(ids) > maxNames:
		return strings.Join(ids[:maxNames], ", ") + " and " + number(len(ids)-maxNames) + " more"
	}
	return strings.Join(ids, " and ")
}

// idsIn are the IDs of recipients or members, which are texts or objects with an id.
func idsIn(a clerkknock.Action, param string) []string {
	var ids []string
	for _, r := range gjson.ParseBytes(a.Params[param]).Array() {
		if r.IsObject() {
			r = r.Get("id")
		}
		if r.String() != "" {
			ids = append(ids, short(r.String()))
		}
	}
	return ids
}

// short keeps an ID from filling the page.
func short(id string) string {
	if r := []rune(id); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return id
}
