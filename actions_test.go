package clerkknock_test

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// What a reader is told of each action type is what New asks for.
func TestTheCommentOfAnActionTypeNamesItsParameters(t *testing.T) {
	t.Parallel()
	camel := regexp.MustCompile("(^|_)([a-z])")
	comments := exported(t, ".")
	for _, action := range actionTypes {
		t.Run(string(action), func(t *testing.T) {
			t.Parallel()
			name := camel.ReplaceAllStringFunc(string(action), func(s string) string {
				return strings.ToUpper(strings.TrimPrefix(s, "_"))
			})
			all, required := commentedParams(t, name, comments["ActionType."+name])
			of := func(names ...string) error {
				params := clerkknock.Params{}
				for _, name := range names {
					params[name] = clerkknock.Literal("x")
				}
				return clerkknock.NewMapper(clerkknock.Mapping{Event: "user.created", Action: action, Params: params}).Err()
			}
			require.NoError(t, of(all...))
			require.NoError(t, of(required...))
			for i := range required {
				require.ErrorContains(t, of(append(all[:i:i], all[i+1:]...)...), "requires it")
			}
			require.ErrorContains(t, of(append(all, "other")...), "it takes "+strings.Join(all, ", "))
		})
	}
}

// commentedParams reads "NAME takes required, …; optional, …." at the end of the comment
// of a group of constants and of the constant's own.
func commentedParams(t *testing.T, name, comment string) (all, required []string) {
	t.Helper()
	_, takes, found := strings.Cut(strings.Join(strings.Fields(comment), " "), name+" takes ")
	require.True(t, found, "the comment says what it takes")
	takes, _, _ = strings.Cut(takes, ".")
	before, after, more := strings.Cut(takes, "; ")
	required = strings.Split(before, ", ")
	if more {
		return append(slices.Clone(required), strings.Split(after, ", ")...), required
	}
	return required, required
}

// actionTypes are in the order in which they run.
var actionTypes = []clerkknock.ActionType{
	clerkknock.UsersIdentify, clerkknock.UsersMerge, clerkknock.UsersSetPreferences, clerkknock.UsersUnsetPreferences,
	clerkknock.UsersSetChannelData, clerkknock.UsersUnsetChannelData, clerkknock.UsersDelete,
	clerkknock.ObjectsSet, clerkknock.ObjectsSetPreferences, clerkknock.ObjectsUnsetPreferences,
	clerkknock.ObjectsSetChannelData, clerkknock.ObjectsUnsetChannelData, clerkknock.ObjectsDelete,
	clerkknock.TenantsSet, clerkknock.TenantsDelete, clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe,
	clerkknock.AudiencesAddMember, clerkknock.AudiencesRemoveMember,
	clerkknock.WorkflowsCancel, clerkknock.WorkflowsTrigger,
}

// A plan is the same each time, that of an action with several mistakes too.
func TestTheFirstMistakeOfAnActionIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	decide := func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
		return []clerkknock.Action{{Type: clerkknock.UsersIdentify, Params: map[string]json.RawMessage{
			"id": json.RawMessage(`"x"`), "name": json.RawMessage(`{`), "nope": nil, "none": nil, "email": json.RawMessage(`]`),
		}}}, nil
	}
	m := clerkknock.NewMapper(clerkknock.On(clerk.UserCreated, decide))
	for range 50 {
		steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(userCreated)})
		require.NoError(t, err)
		require.EqualError(t, steps[0].Err, `users_identify parameter "email" is not JSON`)
		require.True(t, clerkknock.IsPermanent(steps[0].Err))
	}
}
