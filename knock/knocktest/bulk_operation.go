package knocktest

import "time"

// bulkOperations are the bulk calls that were accepted.
type bulkOperations struct {
	ring  ring[*bulkOperation]
	ids   ids
	fails *itemFaults
}

func newBulkOperations(history int) bulkOperations {
	return bulkOperations{ring: ring[*bulkOperation]{limit: history}, ids: ids{kind: 1}, fails: new(itemFaults)}
}

// bulkOperation is https://docs.knock.app/api-reference/bulk_operations. It is
// queued when it is accepted, processing when it is first looked at, and carried
// out and completed when it is looked at again: a client that does not poll sees
// that nothing has happened yet. With Config.BulkTakes the clock decides instead.
type bulkOperation struct {
	id, name                                  string
	status                                    string
	rows                                      []row
	count                                     int // of the rows, which are gone in the end
	errors                                    []Ref
	fails                                     *itemFaults
	due                                       time.Time // zero if polling decides
	insertedAt, updatedAt, started, completed time.Time
}

// row is one item: what it is about, and what it does, unless it cannot.
type row struct {
	ref Ref
	do  func(now time.Time) bool
}

func (o *bulkOperation) advance(now time.Time) {
	switch o.status {
	case "queued":
		o.status, o.started, o.updatedAt = "processing", now, now
	case "processing":
		for _, r := range o.rows {
			if o.fails.hit(r.ref) || !r.do(now) {
				o.errors = append(o.errors, r.ref)
			}
		}
		o.rows = nil
		o.status, o.completed, o.updatedAt = "completed", now, now
	}
}

// complete carries the operation out, if that has not happened.
func (o *bulkOperation) complete(now time.Time) {
	for o.status != "completed" {
		o.advance(now)
	}
}

// push adds an operation. One that is forgotten for it has happened.
func (b *bulkOperations) push(o *bulkOperation, now time.Time) {
	o.count = len(o.rows)
	if dropped, full := b.ring.push(o); full {
		dropped.complete(now)
	}
}

// finish carries out all that is pending, in the order of the calls.
func (b *bulkOperations) finish(now time.Time) {
	for _, o := range b.ring.items {
		o.complete(now)
	}
}

// finishDue carries out those whose time has come, in its order.
func (b *bulkOperations) finishDue(now time.Time) {
	for {
		var next *bulkOperation
		for _, o := range b.ring.items {
			due := !o.due.IsZero() && o.status != "completed" && !o.due.After(now)
			if due && (next == nil || o.due.Before(next.due)) {
				next = o
			}
		}
		if next == nil {
			return
		}
		next.complete(next.due)
	}
}

func (a *API) getBulkOperation(c *call) answer {
	for _, o := range a.bulk.ring.items {
		if o.id == c.vars["id"] {
			if o.due.IsZero() || o.status == "queued" {
				o.advance(c.now)
			}
			return ok(o.view())
		}
	}
	return missing("bulk operation")
}

func (o *bulkOperation) view() map[string]any {
	processed := 0
	if o.status == "completed" {
		processed = o.count
	}
	items := []map[string]any{}
	for _, ref := range o.errors {
		item := map[string]any{"id": ref.ID, "collection": nil}
		if ref.Collection != UsersCollection && ref.Collection != TenantsCollection {
			item["collection"] = ref.Collection
		}
		items = append(items, item)
	}
	return map[string]any{
		"__typename": "BulkOperation", "id": o.id, "name": o.name, "status": o.status,
		"estimated_total_rows": o.count, "processed_rows": processed,
		"success_count": processed - len(o.errors), "error_count": len(o.errors), "error_items": items,
		"progress_path": "/v1/bulk_operations/" + o.id,
		"inserted_at":   timestamp(o.insertedAt), "updated_at": timestamp(o.updatedAt),
		"started_at": optionalTime(o.started), "completed_at": optionalTime(o.completed), "failed_at": nil,
	}
}

func optionalTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return timestamp(t)
}
