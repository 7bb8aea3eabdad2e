package knocktest

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"time"
	"unicode/utf8"
)

const (
	// replayWindow is how long Knock remembers an idempotency key:
	// https://docs.knock.app/api-reference/overview/idempotent-requests.
	replayWindow  = 24 * time.Hour
	maxReplayKey  = 255
	mismatchError = "This request does not match the first request used with this idempotency key"
)

// replays holds the answers that idempotency keys stand for. The rules are those
// of Knock's own plug: https://github.com/knocklabs/one_and_done.
type replays struct {
	stored map[replayKey]replay
	queue  []replayKey // the oldest first, so that what has expired is at its front
}

// replayKey scopes a key to its path: two workflows may use the same one.
type replayKey struct{ method, path, key string }

type replay struct {
	at          time.Time
	fingerprint [sha256.Size]byte
	requestID   string
	answer      answer
}

// once answers a call whose key is known with the answer that it got first, and
// does all others. Only success is remembered, so a call that was refused can be
// mended and sent again.
func (s *replays) once(r *http.Request, c *call, requestID string, do func() answer) answer {
	if utf8.RuneCountInString(c.key) > maxReplayKey {
		return answer{status: http.StatusBadRequest, body: map[string]string{"error": "idempotency_key_too_long"}}
	}
	s.expire(c.now)
	key := replayKey{r.Method, r.URL.EscapedPath(), c.key}
	print := fingerprint(r, c)
	if first, ok := s.stored[key]; ok {
		if first.fingerprint != print {
			return answer{status: http.StatusBadRequest, body: map[string]string{"error": mismatchError}}
		}
		again := first.answer
		again.header = http.Header{"Idempotent-Replayed": {"true"}, "Original-X-Request-Id": {first.requestID}}
		return again
	}
	ans := do()
	if ans.status >= 200 && ans.status < 300 {
		s.stored[key] = replay{at: c.now, fingerprint: print, requestID: requestID, answer: ans}
		s.queue = append(s.queue, key)
	}
	return ans
}

func (s *replays) expire(now time.Time) {
	for len(s.queue) > 0 && now.Sub(s.stored[s.queue[0]].at) >= replayWindow {
		delete(s.stored, s.queue[0])
		s.queue = s.queue[1:]
	}
}

// fingerprint is of what must be the same again: the host, the query and the
// parsed body, whatever the order of its keys.
func fingerprint(r *http.Request, c *call) [sha256.Size]byte {
	data, _ := json.Marshal([]any{r.Host, r.URL.RawQuery, c.body})
	return sha256.Sum256(data)
}
