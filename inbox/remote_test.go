//go:build unix

package inbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
)

// does is what a host does for which event. By default that is for the parent to see; a
// test may want calls that leave late, or Knock's own with a share of its limits.
func does(url string) (clerkknock.Executor, *clerkknock.Mapper, error) {
	toParent := remote{url, &http.Client{Timeout: time.Second}}
	if by, err := time.ParseDuration(os.Getenv("INBOX_TEST_LATE")); err == nil {
		return late{toParent, by}, identifyChanged().With(clerkknock.Mapping{
			ID: "trigger", Event: "user.updated", Action: clerkknock.WorkflowsTrigger,
			Params: clerkknock.Params{"key": clerkknock.Literal("changed"), "recipients": clerkknock.Path("data.id")},
		}), nil
	}
	if share, err := strconv.ParseFloat(os.Getenv("INBOX_TEST_SHARE"), 64); err == nil {
		executor, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: url, RateShare: share})
		return executor, identifyChanged().Set("identify", clerkknock.Params{
			"properties": clerkknock.Object(clerkknock.Params{"at": clerkknock.Path("data.updated_at")}),
		}), err
	}
	return toParent, identifyAndTrigger(), nil
}

// late is an executor whose calls that set state leave some time after it has asked whether they may,
// whatever becomes of ctx meanwhile, like what is in a buffer.
type late struct {
	clerkknock.Executor
	by time.Duration // at most
}

func (e late) Execute(ctx context.Context, inv clerkknock.Invocation) error {
	if inv.Action.Type == clerkknock.WorkflowsTrigger {
		return e.Executor.Execute(ctx, inv)
	}
	if err := inv.Proceed(ctx); err != nil {
		return err
	}
	buffered := time.NewTimer(rand.N(e.by))
	<-buffered.C
	return errors.Join(e.Executor.Execute(context.WithoutCancel(ctx), inv), ctx.Err())
}

// remote is an executor that asks the parent.
type remote struct {
	url    string
	client *http.Client
}

// call is one action on its way to the parent.
type call struct{ ID, Step, User, Key string }

func (e remote) Execute(ctx context.Context, inv clerkknock.Invocation) error {
	user := inv.Action.Text("id")
	if user == "" {
		user = inv.Action.Text("recipients")
	}
	body, err := json.Marshal(call{inv.Event.ID, inv.MappingID, user, inv.IdempotencyKey})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := e.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	switch {
	case response.StatusCode >= 500:
		return fmt.Errorf("answer is %s", response.Status)
	case response.StatusCode >= 400:
		return clerkknock.Permanent(fmt.Errorf("answer is %s", response.Status))
	}
	return nil
}
