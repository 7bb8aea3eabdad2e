package inbox_test

import (
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADatabaseKnowsWhatItWasUsedFor(t *testing.T) {
	const (
		development = "https://api.knock.app development"
		production  = "https://api.knock.app production"
	)
	onBoth(t, func(t *testing.T, at site) {
		for _, step := range []struct {
			name   string
			config inbox.Config
			says   []string
		}{
			{"without a target nothing is remembered", inbox.Config{}, nil},
			{"the first target is remembered", inbox.Config{Target: development}, nil},
			{"and fits again", inbox.Config{Target: development}, nil},
			{"another one is refused", inbox.Config{Target: production},
				[]string{`target "` + development + `"`, `now it is "` + production + `"`, "another database", "FormerTarget"}},
			{"so it is with a former one that does not fit",
				inbox.Config{Target: production, FormerTarget: "staging"}, []string{development}},
			{"without a target nothing is compared", inbox.Config{}, nil},
			{"one with the former one takes over", inbox.Config{Target: production, FormerTarget: development}, nil},
			{"for good", inbox.Config{Target: production}, nil},
			{"and again", inbox.Config{Target: production, FormerTarget: development}, nil},
			{"the former one is refused", inbox.Config{Target: development}, []string{production}},
		} {
			t.Run(step.name, func(t *testing.T) {
				b, err := at.try(t, step.config)
				if step.says == nil {
					require.NoError(t, err)
					require.NoError(t, b.Close())
					return
				}
				for _, part := range step.says {
					require.ErrorContains(t, err, part)
				}
			})
		}
	})
}

func TestATargetIsShownWithoutSecrets(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		target := "https://me:hunter2@host/v1/?key=hunter2#hunter2 sk_test_hunter2_x sk_hunter2"
		b, err := at.try(t, inbox.Config{Target: target})
		require.NoError(t, err)
		require.NoError(t, b.Close())
		_, err = at.try(t, inbox.Config{Target: "postgres://me:hunter2@a:b@host"})
		require.ErrorContains(t, err, `"https://host/v1 sk_test_… sk_…"`)
		require.ErrorContains(t, err, `"postgres://host"`)
		assert.NotContains(t, err.Error(), "hunter2")
		// A new password is no other target.
		b, err = at.try(t, inbox.Config{Target: "https://me:secret@host/v1 sk_test_y sk_z"})
		require.NoError(t, err)
		require.NoError(t, b.Close())
	})
}
