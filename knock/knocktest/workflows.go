package knocktest

import (
	"net/http"
	"time"
)

// Cancel is a call to cancel the runs of a workflow.
type Cancel struct {
	Workflow        string `json:"workflow"`
	CancellationKey string `json:"cancellation_key"`
	// Recipients are nil if all are meant.
	Recipients []Ref `json:"recipients,omitempty"`
	// RunIDs are the earlier triggers with this workflow and key.
	RunIDs []string  `json:"-"`
	At     time.Time `json:"-"`
}

// workflows knows which keys exist, and what was done with them.
type workflows struct {
	known    map[string]bool // nil: all
	inactive map[string]bool
	triggers ring[Trigger]
	cancels  ring[Cancel]
	ids      ids
}

func newWorkflows(c Config) workflows {
	w := workflows{
		inactive: map[string]bool{}, triggers: ring[Trigger]{limit: c.History}, cancels: ring[Cancel]{limit: c.History},
	}
	if c.Workflows != nil {
		w.known = map[string]bool{}
	}
	for _, key := range c.Workflows {
		w.known[key] = true
	}
	for _, key := range c.InactiveWorkflows {
		w.inactive[key] = true
	}
	return w
}

// AddWorkflow makes the workflow with this key exist and be active from now on.
func (a *API) AddWorkflow(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.workflows.inactive, key)
	if a.workflows.known != nil {
		a.workflows.known[key] = true
	}
}

// check refuses a workflow that does not exist or is not active:
// https://docs.knock.app/api-reference/overview/errors.
func (w *workflows) check(key string, active bool) *answer {
	if w.known != nil && !w.known[key] && !w.inactive[key] {
		return refuse(http.StatusNotFound, "workflow_missing", "The workflow was not found.")
	}
	if active && w.inactive[key] {
		return refuse(http.StatusUnprocessableEntity, "workflow_inactive", "The workflow is not active.")
	}
	return nil
}

// cancel is https://docs.knock.app/api-reference/workflows/cancel.
func (a *API) cancel(c *call) answer {
	if refused := a.workflows.check(c.vars["key"], false); refused != nil {
		return *refused
	}
	var p problems
	done := Cancel{Workflow: c.vars["key"], At: c.now}
	done.CancellationKey = text(&p, "cancellation_key", c.body["cancellation_key"])
	if v := c.body["recipients"]; v != nil {
		done.Recipients = references(&p, "recipients", v, maxRecipients)
	}
	if refused := p.refused(); refused != nil {
		return *refused
	}
	for _, t := range a.workflows.triggers.items {
		if t.Workflow == done.Workflow && t.CancellationKey == done.CancellationKey {
			done.RunIDs = append(done.RunIDs, t.RunID)
		}
	}
	a.workflows.cancels.push(done)
	return noContent()
}
