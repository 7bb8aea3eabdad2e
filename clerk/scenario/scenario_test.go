package scenario_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/clerk/scenario"
)

func Example() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) })
	posts, _ := scenario.New("churn", scenario.Options{})
	for _, post := range posts {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, post.Request("/webhooks/clerk", clerktest.Secret))
		fmt.Println(post.Type, post.AsExpected(recorder.Code))
	}
	// Output:
	// user.created true
	// organization.created true
	// organizationMembership.created true
	// session.removed true
	// organizationMembership.deleted true
	// organization.deleted true
	// user.deleted true
}

// What a story expects is what a Source answers.
func TestASourceAnswersAsExpected(t *testing.T) {
	t.Parallel()
	for _, name := range scenario.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, scenario.About(name))
			done := clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error { return nil })
			src, err := clerkknock.New(clerkknock.Config{SigningSecrets: []string{clerktest.Secret}, Executor: done})
			require.NoError(t, err)
			posts, err := scenario.New(name, scenario.Options{Users: 20})
			require.NoError(t, err)
			require.NotEmpty(t, posts)
			for _, post := range posts {
				recorder := httptest.NewRecorder()
				src.ServeHTTP(recorder, post.Request("/webhooks/clerk", clerktest.Secret))
				assert.True(t, post.AsExpected(recorder.Code), "%s (%s): %d", post.Type, post.Note, recorder.Code)
			}
		})
	}
}

func TestAStoryHasPeopleOfItsOwn(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1900000000000)
	one, err := scenario.New("import", scenario.Options{Seed: "a", Now: now, Users: 3})
	require.NoError(t, err)
	again, err := scenario.New("import", scenario.Options{Seed: "a", Now: now, Users: 3})
	require.NoError(t, err)
	ids := map[string]bool{}
	for i, post := range one {
		assert.Equal(t, string(post.Body), string(again[i].Body))
		e, err := clerk.Parse(post.Body)
		require.NoError(t, err)
		event, err := clerk.Decode(e, clerk.UserCreated)
		require.NoError(t, err)
		ids[event.Data.ID] = true
		assert.NotContains(t, string(post.Body), clerktest.UserID)
	}
	assert.Len(t, ids, 3)
	other, err := scenario.New("import", scenario.Options{Now: now, Users: 1})
	require.NoError(t, err)
	assert.NotEqual(t, string(one[0].Body), string(other[0].Body))
}

func TestWhatIsNoScenarioIsAnError(t *testing.T) {
	t.Parallel()
	_, err := scenario.New("sign-up", scenario.Options{})
	require.ErrorContains(t, err, "there are signup, organization")
	_, err = scenario.New("import", scenario.Options{Users: -1})
	require.ErrorContains(t, err, "from 1 to")
	assert.Empty(t, scenario.About("sign-up"))
}
