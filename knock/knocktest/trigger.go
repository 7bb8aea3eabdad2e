package knocktest

import (
	"net/http"
	"slices"
	"time"
)

const (
	// maxRecipients is how many recipients one trigger takes:
	// https://docs.knock.app/send-notifications/triggering-workflows/api.
	maxRecipients = 1000
	// maxDepth is how far subscriptions of subscribers are followed:
	// https://docs.knock.app/concepts/subscriptions.
	maxDepth = 2
)

// Trigger is a workflow that was triggered.
type Trigger struct {
	// RunID is the workflow_run_id of the answer.
	RunID    string `json:"-"`
	Workflow string `json:"workflow"`
	// Recipients are those of the call, each once, and Unresolved those of them
	// that Knock does not know: nothing is sent to them, and the call succeeds.
	Recipients []Ref `json:"recipients"`
	Unresolved []Ref `json:"unresolved,omitempty"`
	// Runs are those for whom the workflow runs: the recipients that exist, and
	// the subscribers of the objects among them, without the actor.
	Runs            []Ref          `json:"runs"`
	Actor           *Ref           `json:"actor,omitempty"`
	Tenant          string         `json:"tenant,omitempty"`
	Data            map[string]any `json:"data,omitempty"`
	CancellationKey string         `json:"cancellation_key,omitempty"`
	// Settings are sandbox_mode and skip_delay, as they were sent. Nil if they were not.
	Settings       map[string]any `json:"settings,omitempty"`
	IdempotencyKey string         `json:"idempotency_key,omitempty"`
	At             time.Time      `json:"-"`
}

// trigger is https://docs.knock.app/api-reference/workflows/trigger. All that is
// identified inline is identified before the workflow runs, or nothing is.
func (a *API) trigger(c *call) answer {
	key := c.vars["key"]
	if refused := a.workflows.check(key, true); refused != nil {
		return *refused
	}
	var p problems
	t := Trigger{Workflow: key, IdempotencyKey: c.key, At: c.now}
	rs := recipients(&p, "recipients", c.body["recipients"], maxRecipients)
	t.Data = optionalMap(&p, "data", c.body["data"])
	t.Settings = optionalMap(&p, "settings", c.body["settings"])
	optionalBool(&p, "settings.sandbox_mode", t.Settings["sandbox_mode"])
	optionalBool(&p, "settings.skip_delay", t.Settings["skip_delay"])
	t.CancellationKey = optionalText(&p, "cancellation_key", c.body["cancellation_key"])
	inline := slices.Clone(rs)
	if v := c.body["actor"]; v != nil {
		actor := parseRecipient(&p, "actor", v)
		t.Actor = &actor.ref
		inline = append(inline, actor)
	}
	if v := c.body["tenant"]; v != nil {
		tenant := parseTenant(&p, "tenant", v)
		t.Tenant = tenant.ref.ID
		inline = append(inline, tenant)
	}
	a.state.checkSize(&p, "recipients", inline...)
	if refused := p.refused(); refused != nil {
		return *refused
	}
	if t.Actor != nil && !a.state.has(*t.Actor) && !slices.ContainsFunc(inline, func(r recipient) bool {
		return r.ref == *t.Actor && r.properties != nil
	}) {
		return *refuse(http.StatusUnprocessableEntity, "actor_missing", "The actor was never identified.")
	}
	a.state.identify(c.now, inline...)
	t.address(&a.state, rs)
	t.RunID = a.workflows.ids.next()
	a.workflows.triggers.push(t)
	return ok(map[string]string{"workflow_run_id": t.RunID})
}

// address finds out who gets it.
func (t *Trigger) address(s *state, rs []recipient) {
	t.Recipients, t.Runs = []Ref{}, []Ref{}
	for _, r := range rs {
		if slices.Contains(t.Recipients, r.ref) {
			continue
		}
		t.Recipients = append(t.Recipients, r.ref)
		if !s.has(r.ref) {
			t.Unresolved = append(t.Unresolved, r.ref)
		}
	}
	seen := map[Ref]bool{}
	add := func(ref Ref) {
		if !seen[ref] {
			seen[ref] = true
			t.Runs = append(t.Runs, ref)
		}
	}
	for _, ref := range t.Recipients {
		if s.has(ref) {
			add(ref)
		}
	}
	level := map[Ref]bool{}
	for _, ref := range t.Runs {
		level[ref] = true
	}
	for range maxDepth {
		subs := s.subscriptions(func(sub subscription) bool { return level[sub.object] })
		clear(level)
		for _, sub := range slices.Backward(subs) {
			if t.Actor != nil && sub.recipient == *t.Actor || seen[sub.recipient] {
				continue
			}
			add(sub.recipient)
			level[sub.recipient] = true
		}
	}
}

// parseTenant reads a tenant's ID or {"id", …}. Both make a tenant that does not
// exist: https://docs.knock.app/multi-tenancy/overview.
func parseTenant(p *problems, field string, value any) recipient {
	if id, ok := value.(string); ok {
		return recipient{Ref{TenantsCollection, text(p, field, id)}, map[string]any{}}
	}
	properties, ok := value.(map[string]any)
	if !ok {
		p.add(field, "is not a tenant")
		return recipient{}
	}
	ref := Ref{TenantsCollection, text(p, field+".id", properties["id"])}
	checkProperties(p, field+".", ref, properties)
	return recipient{ref, properties}
}

func optionalText(p *problems, field string, value any) string {
	s, ok := value.(string)
	if !ok && value != nil {
		p.add(field, "is not a string")
	}
	return s
}
