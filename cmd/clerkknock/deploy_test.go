package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the unit and the image call is a command that there is, with flags that it has.
func TestTheExamplesCallCommandsThatThereAre(t *testing.T) {
	t.Parallel()
	for file, begins := range map[string]string{
		"clerkknock.service": "ExecStart=/usr/local/bin/clerkknock ", "Containerfile": `CMD ["`,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", "..", "examples", "deploy", file))
			require.NoError(t, err)
			found := false
			for line := range strings.SplitSeq(string(text), "\n") {
				rest, ok := strings.CutPrefix(line, begins)
				if !ok {
					continue
				}
				found = true
				args := strings.Fields(strings.TrimSuffix(rest, `"]`))
				code, out := finish(t, t.TempDir(), nil, append(args, "--help")...)
				assert.Equal(t, 0, code, out)
				assert.Contains(t, out, "Serve takes Clerk's webhooks")
			}
			assert.True(t, found)
		})
	}
}
