package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// beside are the files of a database, by what they add to its path.
var beside = []string{"", "-wal", "-shm", ".lock"}

// tighten leaves the files that are there to their owner alone: they may be older than
// this rule, or restored from a copy.
func tighten(path string) error {
	for _, suffix := range beside {
		info, err := os.Stat(path + suffix)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			err = os.Chmod(path+suffix, 0o600)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("others can read it, and its mode cannot be set to 0600: %w", err)
		}
	}
	return nil
}

// incremental is the auto_vacuum with which a sweep can give free pages back.
const incremental = 2

// makeSweepable rewrites a file, once, that was made before it could give free pages
// back. What was deleted from it until then is gone with that, too.
func makeSweepable(ctx context.Context, write *sql.DB) error {
	var mode int
	err := write.QueryRowContext(ctx, `PRAGMA auto_vacuum`).Scan(&mode)
	if err != nil || mode == incremental {
		return err
	}
	// The connection has asked for another mode, which takes effect now.
	_, err = write.ExecContext(ctx, `VACUUM`)
	return err
}
