package main_test

import (
	"encoding/json"
	"testing"

	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// A comparison is only fair between programs that do the same: the peers' requests
// are ours, but for the nulls, which they do not send.
func TestPeersMakeTheSameRequests(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		for peerName, do := range peers {
			t.Run(peerName+" of "+name, func(t *testing.T) {
				t.Parallel()
				p := read(t, name)
				var ours []knock.Request
				keep := func(r knock.Request) { ours = append(ours, r) }
				require.NoError(t, pipeline(t.Context(), newVerifier(t), newMapper(), p.body, p.header, keep))
				require.Len(t, ours, 1)
				theirs, err := do(p.body, p.header)
				require.NoError(t, err)
				require.Equal(t, ours[0].Method, theirs.Method)
				require.Equal(t, ours[0].Path, theirs.Path)
				require.Equal(t, ours[0].IdempotencyKey != "", theirs.IdempotencyKey != "")
				require.Equal(t, withoutNulls(t, ours[0].Body), withoutNulls(t, theirs.Body))
			})
		}
	}
}

func withoutNulls(t *testing.T, raw []byte) map[string]any {
	var body map[string]any
	require.NoError(t, json.Unmarshal(raw, &body))
	for name, value := range body {
		if value == nil {
			delete(body, name)
		}
	}
	return body
}
