package sqlite

import (
	"errors"
	"io"
	"os"
	"syscall"
)

const (
	// setOFDLock is F_OFD_SETLK: a lock that belongs to the open file, not to the process.
	setOFDLock = 37
	// lockedByte is behind all that SQLite locks or writes: a file has at most 2^48 bytes.
	lockedByte = 1 << 62
)

// lockFile locks a byte of the database file until it is closed. SQLite locks others.
func lockFile(file *os.File) error {
	err := syscall.FcntlFlock(file.Fd(), setOFDLock, &syscall.Flock_t{
		Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: lockedByte, Len: 1,
	})
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
		return ErrInUse
	}
	return err
}
