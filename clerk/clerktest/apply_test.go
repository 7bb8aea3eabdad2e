package clerktest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// A program that takes edits from a person tells about a mistake and goes on.
func ExampleApply() {
	body := []byte(`{"type":"user.created","data":{"first_name":"Ada"}}`)
	edited, err := clerktest.Apply(body, clerktest.Replace("data.first_name", "Grace"))
	fmt.Println(string(edited), err)
	_, err = clerktest.Apply(body, clerktest.Replace("data.frist_name", "Grace"))
	fmt.Println(err)
	// Output:
	// {"data":{"first_name":"Grace"},"type":"user.created"} <nil>
	// clerktest: path "data.frist_name": there is no "frist_name"
}

func TestAnEditThatLeadsNowhereIsAnError(t *testing.T) {
	t.Parallel()
	body := []byte(`{"list":[1],"name":null}`)
	for name, test := range map[string]struct {
		body []byte
		edit clerktest.Edit
	}{
		"a key is not replaced":    {body, clerktest.Replace("nmae", 1)},
		"an element is not either": {body, clerktest.Replace("list.1", 1)},
		"a text has no members":    {body, clerktest.Replace("name.first", 1)},
		"nothing is deleted":       {body, clerktest.Delete("nmae")},
		"nothing is set below":     {body, clerktest.Set("nmae.first", 1)},
		"a list is no event":       {[]byte(`[]`), clerktest.Set("a", 1)},
		"null is no event":         {[]byte(`null`), clerktest.Set("a", 1)},
		"two are not one":          {[]byte(`{}{}`), clerktest.Set("a", 1)},
		"what cannot be encoded":   {body, clerktest.Set("name", func() {})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited, err := clerktest.Apply(test.body, test.edit)
			require.Error(t, err)
			assert.Nil(t, edited)
		})
	}
	edited, err := clerktest.Apply(body, clerktest.Replace("name", "Ada"), clerktest.Replace("list.0", nil))
	require.NoError(t, err)
	assert.Equal(t, `{"list":[null],"name":"Ada"}`, string(edited))
	assert.Panics(t, func() { _, _ = clerktest.Apply(body, func(map[string]any) { panic("of the host's own") }) })
}

func TestAnEventIsDated(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1900000000123)
	for _, eventType := range []string{"user.updated", "organizationMembership.created", "session.created"} {
		e, err := clerk.Parse(clerktest.Event(eventType, clerktest.At(at)))
		require.NoError(t, err)
		assert.True(t, e.Timestamp.Equal(at), eventType)
		assert.True(t, e.ChangedAt().Equal(at), eventType)
	}
	assert.NotContains(t, string(clerktest.Event("user.deleted", clerktest.At(at))), "updated_at")
}
