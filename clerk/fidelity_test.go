package clerk_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/clerkknock/clerkknock/clerk"
)

// oneFact are the facts that Clerk's sources have under a second name, per event.
var oneFact = map[string]*strings.Replacer{
	"organizationDomain":     strings.NewReplacer("verification.expires_at", "verification.expire_at"),
	"organizationInvitation": strings.NewReplacer(".data.public_organization_data", ".public_organization_data"),
	"sms":                    strings.NewReplacer(".created_at_ms", ".created_at"),
	"subscription":           strings.NewReplacer(".plan_period", ".interval"),
	"subscriptionItem":       strings.NewReplacer(".plan_period", ".interval"),
	"paymentAttempt":         strings.NewReplacer(".plan_period", ".interval"),
}

func TestNothingIsLostAndNothingInvented(t *testing.T) {
	t.Parallel()
	for name, body := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _, data := decode(t, body)
			raw, want, got := map[string]string{}, map[string]string{}, map[string]string{}
			rawLeaves("data", e.Data, raw)
			prefix, _, _ := strings.Cut(e.Type, ".")
			for path, value := range raw {
				if replacer := oneFact[prefix]; replacer != nil {
					path = replacer.Replace(path)
				}
				if !strings.HasSuffix(path, "period_end") || !strings.HasPrefix(value, "-") {
					want[path] = value
				}
			}
			leaves("data", reflect.ValueOf(data), got)
			assert.NotEmpty(t, want)
			assert.Equal(t, want, got)
		})
	}
}

// Together with the test above, this keeps types and fixtures complete: a field
// without a fixture fails here, a fixture without a field fails there.
func TestEveryFieldOccursInAFixture(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var look func(v reflect.Value)
	look = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.Pointer && !v.IsNil():
			look(v.Elem())
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			for i := range v.Len() {
				look(v.Index(i))
			}
		case v.Kind() == reflect.Struct && !isScalar(v.Type()):
			for i := range v.NumField() {
				name := v.Type().Name() + "." + v.Type().Field(i).Name
				seen[name] = seen[name] || !v.Field(i).IsZero()
				look(v.Field(i))
			}
		}
	}
	for _, body := range fixtures() {
		_, _, data := decode(t, body)
		look(reflect.ValueOf(data))
	}
	assert.Greater(t, len(seen), 300)
	for name, occurs := range seen {
		assert.True(t, occurs, "%s is zero in every fixture", name)
	}
}

func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[clerk.Time]() ||
		t == reflect.TypeFor[clerk.Secret]() ||
		t == reflect.TypeFor[clerk.SecretJSON]()
}
