package ledger

import (
	"container/list"
	"time"
)

// records is a map that knows which of its records is the oldest.
type records[T any] struct {
	byKey map[string]*list.Element
	byAge list.List
}

type record[T any] struct {
	key   string
	at    time.Time
	value T
}

// find returns the record of a key, or nil.
func (r *records[T]) find(key string) *T {
	if element := r.byKey[key]; element != nil {
		return &element.Value.(*record[T]).value
	}
	return nil
}

// get returns the record of a key, made if there is none.
func (r *records[T]) get(key string) *T {
	if r.byKey == nil {
		r.byKey = make(map[string]*list.Element)
	}
	element := r.byKey[key]
	if element == nil {
		element = r.byAge.PushBack(&record[T]{key: key})
		r.byKey[key] = element
	}
	return &element.Value.(*record[T]).value
}

// touch is get for a record that becomes the youngest.
func (r *records[T]) touch(key string, now time.Time) *T {
	value := r.get(key)
	element := r.byKey[key]
	element.Value.(*record[T]).at = now
	r.byAge.MoveToBack(element)
	return value
}

func (r *records[T]) drop(key string) {
	if element := r.byKey[key]; element != nil {
		r.byAge.Remove(element)
		delete(r.byKey, key)
	}
}

// forget drops the oldest records while they are from before a time or beyond
// the capacity, passing over those that must stay. It returns the time of the last
// one that it dropped, zero if there is none.
func (r *records[T]) forget(before time.Time, capacity int, keep func(*T) bool) (last time.Time) {
	next := r.byAge.Front()
	for element := next; element != nil; element = next {
		next = element.Next()
		rec := element.Value.(*record[T])
		if keep(&rec.value) {
			continue
		}
		if !rec.at.Before(before) && len(r.byKey) <= capacity {
			return last
		}
		last = rec.at
		r.drop(rec.key)
	}
	return last
}
