package command

import (
	"context"
	"io"
)

// interruptible ends a read that waits for somebody when ctx is done. What was being read
// then is lost, and so is the goroutine that waits: the program is about to end.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	pipe, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, r)
		w.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { pipe.CloseWithError(ctx.Err()) })
	return pipe
}
