package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// resolve returns the name of the file itself, which is made if there is none: two names
// for it are one inbox. It holds personal data, and SQLite would let others read it.
func resolve(path string) (string, error) {
	if strings.TrimSpace(path) == "" || strings.Contains(path, ":memory:") {
		return "", fmt.Errorf("path is %q; name a file, which an inbox needs to lose nothing", path)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return "", err
		}
		if err := file.Close(); err != nil {
			return "", err
		}
	}
	return filepath.EvalSymlinks(path)
}

// own keeps the file at path for this process until free: by a lock on another file
// beside it, which may get deleted, and on the file itself where the system has locks
// that SQLite does not notice.
func own(path string) (free func(), err error) {
	unlock, err := lock(path + ".lock")
	if err != nil {
		return nil, err
	}
	leave, err := enter(path)
	if err != nil {
		unlock()
		return nil, err
	}
	return func() { leave(); unlock() }, nil
}

// ours are the files that this process has open as an inbox. To open one of them once
// more, and close it, would end SQLite's own locks on it.
var ours struct {
	sync.Mutex
	files map[*os.File]os.FileInfo
}

func enter(path string) (leave func(), err error) {
	ours.Lock()
	defer ours.Unlock()
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	for _, other := range ours.files {
		if os.SameFile(info, other) {
			return nil, ErrInUse
		}
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := lockFile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if ours.files == nil {
		ours.files = make(map[*os.File]os.FileInfo)
	}
	ours.files[file] = info
	return func() {
		ours.Lock()
		defer ours.Unlock()
		delete(ours.files, file)
		_ = file.Close()
	}, nil
}
