package clerk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
)

func FuzzParse(f *testing.F) {
	for _, body := range fixtures() {
		f.Add(body)
	}
	for _, body := range []string{
		"", "{", `{"type":"a"}`, `{"type":"user.created","data":[]}`, `{"type":"a","type":1,"data":{"id":{"id":"a"}}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		e, err := clerk.Parse(body)
		require.Equal(t, before, body, "a body is only read")
		// Whatever checks it: JSON is what encoding/json takes for it.
		isObject := json.Valid(body) && utf8.Valid(body) && bytes.TrimSpace(body)[0] == '{'
		require.Equal(t, !isObject, errors.Is(err, clerk.ErrNotJSON))
		if err != nil {
			require.Equal(t, clerk.Envelope{}, e)
			return
		}
		again, err := clerk.Parse(body)
		require.NoError(t, err)
		require.Equal(t, e, again)
		require.NotEmpty(t, e.Type)
		require.Contains(t, string(body), string(e.Data))
		require.Zero(t, e.ID)
		for _, at := range []time.Time{e.Timestamp, e.ChangedAt()} {
			require.True(t, at.IsZero() || at.Unix() >= 0 && at.Year() < 10000)
		}

		// An object or nothing decodes as any payload, and nothing else does.
		e2 := e
		isPayload := len(e.Data) == 0 || string(e.Data) == "null" || e.Data[0] == '{'
		for _, eventType := range append([]string{"organizationMembership.deleted"}, payloadTypes...) {
			e2.Type = eventType
			_, _, err := decoders[eventType](e2)
			assert.Equal(t, isPayload, err == nil, eventType)
			e2.Entity()
		}
	})
}
