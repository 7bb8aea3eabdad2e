package clerkknock_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A promise is worth as much as the test that is named for it.
func TestTheTestsThatThePromisesNameExist(t *testing.T) {
	t.Parallel()
	promises, err := os.ReadFile("docs/reliability.md")
	require.NoError(t, err)
	var sources strings.Builder
	require.NoError(t, filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		sources.Write(source)
		return err
	}))
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllStringSubmatch(string(promises), -1)
	require.NotEmpty(t, named)
	for _, match := range named {
		require.True(t, strings.Contains(sources.String(), "\nfunc "+match[1]+"("), "%s is named and not there", match[1])
	}
}
