// Package sqlite keeps an inbox in one SQLite file, without a server and
// without cgo. One process at a time can have it open.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// ErrInUse is returned by Open when another process, or another Inbox of this
// one, has the file open.
var ErrInUse = errors.New("the file is in use by another process; " +
	"one process at a time can have an inbox on SQLite open, use PostgreSQL for several")

// Inbox is an inbox.Inbox that can also put inside a transaction.
type Inbox struct {
	*inbox.Inbox
	putTx inbox.PutTx[*sql.Tx]
}

// PutTx is Put inside a transaction of the host's on the same file: the delivery
// is stored if and when tx is committed.
func (in *Inbox) PutTx(ctx context.Context, tx *sql.Tx, d clerkknock.Delivery) error {
	return in.putTx(ctx, tx, d)
}

// Open opens the inbox in the file at path, which is made if there is none, and
// takes over what a process that was killed has left unfinished. It keeps the file
// for itself, under whatever name, by a lock on another one beside it, path + ".lock";
// on Linux also by one on the file itself, which outlasts the deletion of the other.
//
// The directory has to be on a local disk: SQLite's write-ahead log does not
// work over a network file system (https://sqlite.org/wal.html).
func Open(ctx context.Context, path string, c inbox.Config) (*Inbox, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("inbox: cannot open the SQLite file: %w", err)
	}
	free, err := own(path)
	if err != nil {
		return nil, fmt.Errorf("inbox: cannot open %s: %w", path, err)
	}
	write, read, err := openFile(ctx, path)
	if err != nil {
		free()
		return nil, fmt.Errorf("inbox: cannot open %s: %w", path, err)
	}
	e := engine.Engine[*sql.Tx]{
		Driver:    riversqlite.New(write),
		Store:     engine.SQLite(write, read),
		Exclusive: true,
		Close: func() error {
			defer free()
			return errors.Join(read.Close(), write.Close())
		},
	}
	box, putTx, err := inbox.Open(ctx, e, c)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return &Inbox{box, putTx}, nil
}

// openFile opens the database twice. SQLite has one writer at a time, and those
// that wait for each other inside of it can wait for seconds: with a single
// connection they stand in line outside. Readers have connections of their own.
//
// A commit is synced to disk before it returns (synchronous FULL). NORMAL would
// be faster and lose the last commits with the machine's power, which is what
// an inbox is there to prevent: https://sqlite.org/pragma.html#pragma_synchronous.
//
// What is deleted is overwritten with zeros (secure_delete), and its pages are given back
// by the sweep (auto_vacuum, which has to come before the first table).
func openFile(ctx context.Context, path string) (write, read *sql.DB, err error) {
	if err := tighten(path); err != nil {
		return nil, nil, err
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	dsn := "file:" + escaped + "?_pragma=busy_timeout(10000)"
	write, err = sql.Open("sqlite", dsn+"&_pragma=auto_vacuum(INCREMENTAL)&_pragma=secure_delete(ON)"+
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	if err := makeSweepable(ctx, write); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(4)
	return write, read, nil
}
