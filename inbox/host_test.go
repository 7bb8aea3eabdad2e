package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	// soon is more than anything takes that is not slow on purpose.
	soon  = 30 * time.Second
	often = 5 * time.Millisecond
)

// delivery is an event about a user.
func delivery(id, user string) clerkknock.Delivery {
	return clerkknock.Delivery{
		ID:         id,
		Body:       clerktest.Event("user.created", clerktest.Set("data.id", user)),
		ReceivedAt: time.Now(),
	}
}

// newSource is the Source of a host on the box.
func newSource(
	t testing.TB, b *inbox.Inbox, mapper *clerkknock.Mapper, executor clerkknock.ExecutorFunc,
) *clerkknock.Source {
	t.Helper()
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       executor,
		Inbox:          b,
		Ledger:         b.Ledger(),
		Logger:         slog.New(slog.DiscardHandler),
		Mapper:         mapper,
		Observers:      []clerkknock.Observer{b.EventLog()},
	})
	require.NoError(t, err)
	return src
}

// identify plans one step for a new user, and trigger another one after it.

func identify() *clerkknock.Mapper {
	return clerkknock.NewMapper(clerkknock.Mapping{
		ID: "identify", Event: "user.created", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
	})
}

func identifyAndTrigger() *clerkknock.Mapper {
	return identify().With(clerkknock.Mapping{
		ID: "trigger", Event: "user.created", Action: clerkknock.WorkflowsTrigger,
		Params: clerkknock.Params{"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Path("data.id")},
	})
}

// recorder is an executor that remembers what it was asked to do, and fails
// when it is told to.
type recorder struct {
	mu    sync.Mutex
	calls []string
	fail  func(call string, n int) error
}

func (r *recorder) Execute(_ context.Context, inv clerkknock.Invocation) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	call := inv.MappingID + " " + inv.Event.ID
	n := 1
	for _, earlier := range r.calls {
		if earlier == call {
			n++
		}
	}
	r.calls = append(r.calls, call)
	if r.fail == nil {
		return nil
	}
	return r.fail(call, n)
}

// diesAtFirst fails for good at the first execution of a step, and never again.
func diesAtFirst(step string) func(call string, n int) error {
	return func(call string, n int) error {
		if n == 1 && strings.HasPrefix(call, step) {
			return clerkknock.Permanent(errors.New("no such workflow"))
		}
		return nil
	}
}

func (r *recorder) recorded() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.calls...)
}

// settled waits until nothing is left to do.
func settled(t testing.TB, b *inbox.Inbox) {
	t.Helper()
	settledWithin(t, b, soon)
}

func settledWithin(t testing.TB, b *inbox.Inbox, limit time.Duration) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		s, err := b.Stats(context.Background())
		assert.NoError(c, err)
		assert.Zero(c, s.Backlog(), fmt.Sprintf("%+v", s))
	}, limit, 5*often)
}
