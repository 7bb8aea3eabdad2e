package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/clerkknock/clerkknock/clerk/listen"
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

// firstLine reads to the end of the first line that is not empty, a byte at a time: what
// follows is left to others.
func firstLine(r io.Reader) ([]byte, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < listen.MaxLine {
		n, err := r.Read(one)
		line = append(line, one[:n]...)
		if n > 0 && one[0] == '\n' && len(bytes.TrimSpace(line)) > 0 || errors.Is(err, io.EOF) {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return line, nil
}

// isListener reports whether a line is one of Clerk's listener: a whole JSON object with
// a type.
func isListener(line []byte) bool {
	var l struct {
		Type string `json:"type"`
	}
	return json.Unmarshal(line, &l) == nil && l.Type != ""
}
