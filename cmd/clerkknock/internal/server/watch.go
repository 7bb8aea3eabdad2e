package server

import (
	"context"
	"io/fs"
	"os"
	"time"
)

// watchEvery is how often the file of the mappings is looked at. Looking works on every
// file system, and whether a file is written in place or replaced by rename.
const watchEvery = 500 * time.Millisecond

// watch reloads the mappings when their file has changed, and has been left alone since:
// one that is being written is not half read.
func (s *server) watch(ctx context.Context) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	loaded, _ := os.Stat(s.MappingsFile)
	seen := loaded
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now, err := os.Stat(s.MappingsFile)
		if err != nil {
			continue // it is being replaced, or gone: the old one stays
		}
		if !same(now, seen) {
			seen = now
			continue
		}
		if !same(now, loaded) {
			loaded = now
			s.tell("mappings", s.reloadMappings())
		}
	}
}

// same reports whether a file is as it was.
func same(a, b fs.FileInfo) bool {
	return a != nil && b != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
