package clerkknock

import (
	"errors"
	"reflect"
	"slices"
	"time"
)

// Permanent marks an error that no retry can mend, such as a request that
// Knock finds invalid. The other steps of the event still run. Permanent(nil)
// is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent reports whether err, or an error it wraps, is marked with Permanent.
// Of errors joined by errors.Join all have to be: as long as a retry can mend one of
// them it is worth while. Of several that fmt.Errorf wraps into one, any.
func IsPermanent(err error) bool {
	if _, ok := err.(*permanentError); ok {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return IsPermanent(e.Unwrap())
	case interface{ Unwrap() []error }:
		all := e.Unwrap()
		if reflect.TypeOf(err) != joined {
			return slices.ContainsFunc(all, IsPermanent)
		}
		return len(all) > 0 && !slices.ContainsFunc(all, func(err error) bool { return !IsPermanent(err) })
	}
	return false
}

// joined is the type of what errors.Join returns.
var joined = reflect.TypeOf(errors.Join(errors.ErrUnsupported))

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// RetryAfter marks a temporary error with the pause to make before the next
// attempt. The sender is told in a Retry-After header; Svix keeps to it within
// its own schedule. A pause of zero or less leaves the choice to the sender.
// RetryAfter(nil, d) is nil. Code with retries of its own finds the pause with
// errors.As, by an interface with the method RetryAfter() time.Duration.
func RetryAfter(err error, pause time.Duration) error {
	if err == nil {
		return nil
	}
	return &retryError{err, pause}
}

type retryError struct {
	err   error
	pause time.Duration
}

func (e *retryError) Error() string { return e.err.Error() }
func (e *retryError) Unwrap() error { return e.err }

// RetryAfter returns the pause.
func (e *retryError) RetryAfter() time.Duration { return max(e.pause, 0) }

// pauseOf returns the pause that err asks for, or zero.
func pauseOf(err error) time.Duration {
	var r interface{ RetryAfter() time.Duration }
	if errors.As(err, &r) {
		return r.RetryAfter()
	}
	return 0
}
