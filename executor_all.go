package clerkknock

import (
	"context"
	"sync"
)

// ExecuteAll gives all the actions to each of the executors, in order: at once to one
// that has this method, some at a time to any other.
func (t tee) ExecuteAll(ctx context.Context, invs []Invocation) []error {
	of := make([][]error, len(invs)) // by action, then by executor
	for _, e := range t {
		for i, err := range executeAll(ctx, e, invs) {
			of[i] = append(of[i], err)
		}
	}
	errs := make([]error, len(invs))
	for i := range errs {
		errs[i] = together(of[i])
	}
	return errs
}

// someAtATime is how many actions an Executor without ExecuteAll is given at once.
const someAtATime = 16

func executeAll(ctx context.Context, e Executor, invs []Invocation) []error {
	if b, ok := e.(interface {
		ExecuteAll(ctx context.Context, invs []Invocation) []error
	}); ok {
		return b.ExecuteAll(ctx, invs)
	}
	errs := make([]error, len(invs))
	room := make(chan struct{}, someAtATime)
	var all sync.WaitGroup
	for i, inv := range invs {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			errs[i] = guard(func() error { return e.Execute(ctx, inv) })
		})
	}
	all.Wait()
	return errs
}
