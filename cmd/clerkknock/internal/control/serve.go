package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// Serve serves a box on the socket of its file until the returned function is called. The
// box is open, so nobody else listens there: what is left of a server that was killed is
// removed.
func Serve(file string, box Box) (stop func() error, err error) {
	folder := Folder(file)
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", Socket(file))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	server := &http.Server{Handler: handler(box), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return func() error { return errors.Join(server.Close(), os.RemoveAll(folder)) }, nil
}

// maxOrder is the longest order that is read: two tables.
const maxOrder = 8 << 20

func handler(box Box) http.Handler {
	mux := http.NewServeMux()
	serve := func(path string, carryOut func(context.Context, order) (int, error)) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			o, ok := read(w, r)
			if !ok {
				return
			}
			n, err := carryOut(r.Context(), o)
			_ = json.NewEncoder(w).Encode(result{Changed: n, Error: text(err), Done: err == nil})
		})
	}
	one := func(do func(context.Context, string) error) func(context.Context, order) (int, error) {
		return func(ctx context.Context, o order) (int, error) { return 1, do(ctx, o.Key) }
	}
	serve("/replay", one(box.Replay))
	serve("/hurry", one(box.Hurry))
	serve("/discard", one(box.Discard))
	serve("/replay-all", func(ctx context.Context, o order) (int, error) { return box.ReplayAll(ctx, o.Filter) })
	serve("/hurry-all", func(ctx context.Context, o order) (int, error) { return box.HurryAll(ctx, o.Filter) })
	serve("/discard-all", func(ctx context.Context, o order) (int, error) { return box.DiscardAll(ctx, o.Filter) })
	serve("/erase", func(ctx context.Context, o order) (int, error) { return 1, box.Erase(ctx, o.Entity) })
	mux.HandleFunc("POST /entries", func(w http.ResponseWriter, r *http.Request) {
		if o, ok := read(w, r); ok {
			entries, err := box.Entries(r.Context(), o.Query)
			_ = json.NewEncoder(w).Encode(result{Entries: entries, Error: text(err), Done: err == nil})
		}
	})
	mux.HandleFunc("POST /body", func(w http.ResponseWriter, r *http.Request) {
		if o, ok := read(w, r); ok {
			body, err := box.Body(r.Context(), o.Key)
			_ = json.NewEncoder(w).Encode(result{Body: body, Error: text(err), Done: err == nil})
		}
	})
	mux.HandleFunc("POST /plan", func(w http.ResponseWriter, r *http.Request) {
		if o, ok := read(w, r); ok && o.Plan != nil {
			planned, err := box.Plan(r.Context(), *o.Plan)
			_ = json.NewEncoder(w).Encode(result{Plan: &planned, Error: text(err), Done: err == nil})
		}
	})
	mux.HandleFunc("POST /letters", func(w http.ResponseWriter, r *http.Request) {
		if o, ok := read(w, r); ok {
			list(w, r, box, o)
		}
	})
	return mux
}

// list sends a line for each letter, and a last one that says that it is the last: a
// listing that breaks off is not taken for a whole one.
func list(w http.ResponseWriter, r *http.Request, box Box, o order) {
	enc := json.NewEncoder(w)
	for letter, err := range box.Letters(r.Context(), o.Filter) {
		if err != nil {
			_ = enc.Encode(result{Error: err.Error()})
			return
		}
		if enc.Encode(result{Letter: &letter}) != nil {
			return
		}
	}
	_ = enc.Encode(result{Done: true})
}

func read(w http.ResponseWriter, r *http.Request) (o order, ok bool) {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder)).Decode(&o)
	if err != nil {
		http.Error(w, fmt.Sprint("no order: ", err), http.StatusBadRequest)
	}
	return o, err == nil
}
