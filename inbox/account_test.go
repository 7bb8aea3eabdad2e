//go:build unix

package inbox_test

import (
	"fmt"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
)

// account checks that every acknowledged event is done or dead, and that no
// step of it has had two idempotency keys.
func account(t testing.TB, at site, k *knockSide, acked []string) string {
	t.Helper()
	b := at.open(t, inbox.Config{})
	dead := map[string]bool{}
	for _, l := range collect(t, b.Dead(t.Context(), inbox.Period{})) {
		dead[l.Key] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var lost, died, calls, repeated, rekeyed int
	for _, id := range acked {
		switch {
		case dead[id] && len(k.keys[id+" identify"]) > 0 && dies(id):
			died++
		case len(k.keys[id+" identify"]) == 0 || len(k.keys[id+" trigger"]) == 0 || dead[id]:
			lost++
		}
	}
	for _, keys := range k.keys {
		if len(keys) > 1 {
			rekeyed++
		}
		for _, n := range keys {
			calls += n
			repeated += n - 1
		}
	}
	assert.NotEmpty(t, acked)
	assert.Zero(t, lost, "acknowledged events that are neither done nor rightly dead")
	assert.Zero(t, rekeyed, "steps with two idempotency keys")
	assert.Zero(t, k.overlaps, "calls for one user at once")
	return fmt.Sprintf("%d acknowledged, %d lost, %d dead as they should; "+
		"%d calls, %d of them repeated with the same key, %d with another; %d overlaps of one user",
		len(acked), lost, died, calls, repeated, rekeyed, k.overlaps)
}
