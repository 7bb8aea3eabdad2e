package whatif

import "errors"

// guard turns a panic in host code into an error. What the panic was called with stays
// out of it, which may be personal data.
func guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("panic in host code; run the delivery through Source.Process in a test to see it")
		}
	}()
	return f()
}
