package clerkknock_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// What a reader is told beside each action type is what New asks for.
func TestTheCommentOfAnActionTypeNamesItsParameters(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile("(^|_)([a-z])")
	camel := func(a clerkknock.ActionType) string {
		return word.ReplaceAllStringFunc(string(a), func(s string) string {
			return strings.ToUpper(strings.TrimPrefix(s, "_"))
		})
	}
	checked := 0
	for name, comment := range exported(t, ".") {
		_, comment, _ = strings.Cut(comment, "or a Path to one.\n")
		if comment == "" {
			continue
		}
		checked++
		var action clerkknock.ActionType
		for _, a := range actionTypes {
			if camel(a) == name {
				action = a
			}
		}
		required, optional, _ := strings.Cut(strings.TrimSpace(comment), "; ")
		of := func(names ...string) error {
			params := clerkknock.Params{}
			for _, name := range names {
				params[name] = clerkknock.Literal("x")
			}
			return clerkknock.NewMapper(clerkknock.Mapping{Event: "user.created", Action: action, Params: params}).Err()
		}
		all := strings.Split(required, ", ")
		if optional != "" {
			all = append(all, strings.Split(optional, ", ")...)
		}
		require.NoError(t, of(all...), name)
		require.NoError(t, of(strings.Split(required, ", ")...), name)
		for i := range strings.Split(required, ", ") {
			require.ErrorContains(t, of(append(all[:i:i], all[i+1:]...)...), "requires it", name)
		}
		require.ErrorContains(t, of(append(all, "other")...), strings.Join(all, ", "), name)
	}
	require.Equal(t, len(actionTypes), checked)
}

var actionTypes = []clerkknock.ActionType{
	clerkknock.UsersIdentify, clerkknock.UsersDelete, clerkknock.ObjectsSet, clerkknock.ObjectsDelete,
	clerkknock.TenantsSet, clerkknock.TenantsDelete, clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe,
	clerkknock.AudiencesAddMember, clerkknock.AudiencesRemoveMember, clerkknock.WorkflowsCancel,
	clerkknock.WorkflowsTrigger,
}

// A plan is the same each time, that of an action with several mistakes too.
func TestTheFirstMistakeOfAnActionIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	wrong := func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
		return []clerkknock.Action{{Type: clerkknock.UsersIdentify, Params: map[string]json.RawMessage{
			"id": json.RawMessage(`"x"`), "name": json.RawMessage(`{`), "nope": nil, "none": nil, "email": json.RawMessage(`]`),
		}}}, nil
	}
	m := clerkknock.NewMapper(clerkknock.On(clerk.UserCreated, wrong))
	for range 50 {
		steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(userCreated)})
		require.NoError(t, err)
		require.EqualError(t, steps[0].Err, `users_identify parameter "email" is not JSON`)
		require.True(t, clerkknock.IsPermanent(steps[0].Err))
	}
}
