package knocktest

import "time"

// bulkOperations are the bulk calls that were accepted.
type bulkOperations struct {
	ring ring[*bulkOperation]
	ids  ids
}

// bulkOperation is https://docs.knock.app/api-reference/bulk_operations. It is
// queued when it is accepted, processing when it is first looked at, and carried
// out and completed when it is looked at again: a client that does not poll sees
// that nothing has happened yet.
type bulkOperation struct {
	id, name                                  string
	status                                    string
	rows                                      []row
	errors                                    []Ref
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
			if !r.do(now) {
				o.errors = append(o.errors, r.ref)
			}
		}
		o.status, o.completed, o.updatedAt = "completed", now, now
	}
}

// finish carries out all that is pending, in the order of the calls.
func (b *bulkOperations) finish(now time.Time) {
	for _, o := range b.ring.items {
		for o.status != "completed" {
			o.advance(now)
		}
	}
}

func (a *API) getBulkOperation(c *call) answer {
	for _, o := range a.bulk.ring.items {
		if o.id == c.vars["id"] {
			o.advance(c.now)
			return ok(o.view())
		}
	}
	return missing("bulk operation")
}

func (o *bulkOperation) view() map[string]any {
	processed := 0
	if o.status == "completed" {
		processed = len(o.rows)
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
		"estimated_total_rows": len(o.rows), "processed_rows": processed,
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
