package knocktest

import (
	"net/http"
	"strings"
)

// authenticate checks the API key:
// https://docs.knock.app/api-reference/overview/authentication.
func (a *API) authenticate(r *http.Request) *answer {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case !strings.EqualFold(scheme, "bearer") || key == "":
		return refuse(http.StatusUnauthorized, "api_key_missing", "There is no API key in the Authorization header.")
	case strings.HasPrefix(key, "pk_"):
		return refuse(http.StatusUnauthorized, "incorrect_token_type", "A public key cannot do this; use a secret key.")
	case a.config.APIKey != "" && key != a.config.APIKey, !strings.HasPrefix(key, "sk_") && key != a.config.APIKey:
		return refuse(http.StatusUnauthorized, "authentication_required", "The API key is not valid.")
	}
	return nil
}
