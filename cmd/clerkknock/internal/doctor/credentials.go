package doctor

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/knock"
)

const fromDashboard = "copy it from the endpoint's page in the Clerk Dashboard, under Webhooks"

func secrets(_ context.Context, c Config) []Finding {
	const check = "signing secret"
	all, err := settings.Secrets(c.SecretFile)
	if err != nil {
		return []Finding{fail(check, "name a file that this user can read", "%v", err)}
	}
	if len(all) == 0 {
		return []Finding{fail(check, fromDashboard, "%s is not set", settings.Secret)}
	}
	if _, err := clerkknock.NewVerifier(all...); err != nil {
		return []Finding{fail(check, fromDashboard, "%v", err)}
	}
	if len(all) > 1 {
		return []Finding{pass(check, "%d secrets decode; a delivery may be signed with any of them", len(all))}
	}
	return []Finding{pass(check, "it decodes")}
}

// off is from which difference on a clock is worth a word, and refusing from which on
// deliveries are refused.
const (
	off      = 5 * time.Second
	refusing = 5 * time.Minute
)

func key(ctx context.Context, c Config) []Finding {
	const check, clock = "Knock's key", "clock"
	apiKey, baseURL, err := settings.APIKey(c.KeyFile)
	if err != nil {
		return []Finding{fail(check, "take one from the Knock dashboard, Platform, API keys", "%v", err)}
	}
	executor, err := knock.New(knock.Config{APIKey: apiKey, BaseURL: baseURL})
	if err != nil {
		return []Finding{fail(check, "take a secret key from the Knock dashboard, Platform, API keys", "%v", err)}
	}
	health, err := executor.Check(ctx)
	if err != nil {
		return []Finding{refusedKey(check, err)}
	}
	found := []Finding{pass(check, "Knock takes it, in %s; it is of %s",
		health.Took.Round(time.Millisecond), kind(apiKey))}
	ahead := health.Ahead
	switch {
	case !health.Dated:
		return append(found, skip(clock, "Knock's answer has no date to compare it with"))
	case ahead.Abs() >= refusing:
		return append(found, fail(clock, "set it (NTP): deliveries are refused", "it is %s off Knock's", ahead.Abs()))
	case ahead.Abs() >= off:
		return append(found, warn(clock, "set it (NTP) before deliveries are refused", "it is %s off Knock's", ahead.Abs()))
	}
	return append(found, pass(clock, "it agrees with Knock's"))
}

func refusedKey(check string, err error) Finding {
	if answer, ok := errors.AsType[*knock.Error](err); ok {
		if answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden {
			return fail(check, "take the secret key of the environment to write to, Platform, API keys", "%v", err)
		}
		return fail(check, "is "+settings.BaseURL+" that of Knock's API? Is https://status.knock.app green?", "%v", err)
	}
	return fail(check, "let this machine reach Knock's API, and look at "+settings.BaseURL, "%v", err)
}

// kind is all that a key says of its environment. Knock's API does not tell its name.
func kind(key string) string {
	if strings.HasPrefix(key, "sk_test_") {
		return "an environment that is not production (sk_test_…)"
	}
	return "production, or of another environment (sk_…); Knock's dashboard says which"
}
