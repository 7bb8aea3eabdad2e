//go:build !linux

package sqlite

import "os"

// lockFile does nothing: the system's locks on the file are SQLite's own. The lock beside
// the file has to do.
func lockFile(*os.File) error { return nil }
