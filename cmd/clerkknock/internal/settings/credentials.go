package settings

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock/inbox"
)

// EncryptionKeys is the variable with the keys under which deliveries are stored.
const EncryptionKeys = "CLERKKNOCK_ENCRYPTION_KEYS"

// Keys are those under which deliveries are encrypted: ID=BASE64, several separated by
// commas or lines, the one that encrypts first. None is an empty list.
func Keys() ([]inbox.Key, error) {
	text, err := Value(EncryptionKeys, "")
	if err != nil {
		return nil, err
	}
	var keys []inbox.Key
	for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		id, encoded, ok := strings.Cut(strings.TrimSpace(entry), "=")
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if !ok || err != nil {
			return nil, fmt.Errorf("%s: key number %d is not of the form ID=BASE64; "+
				`"openssl rand -base64 32" makes the part behind the first =`, EncryptionKeys, len(keys)+1)
		}
		keys = append(keys, inbox.Key{ID: strings.TrimSpace(id), Secret: secret})
	}
	return keys, nil
}

// APIKey is that of Knock, and where Knock is, "" for its own API. Whatever else answers
// at a base URL, such as an emulator, is taken to ask for no real key.
func APIKey(file string) (key, baseURL string, err error) {
	if key, err = Value(Key, file); err != nil {
		return "", "", err
	}
	baseURL, err = Value(BaseURL, "")
	switch {
	case err != nil:
		return "", "", err
	case key == "" && baseURL == "":
		return "", "", fmt.Errorf("set %s to a secret key (sk_…) of the Knock environment to write to; "+
			`"clerkknock dev" needs none`, Key)
	case key == "":
		key = "sk_none"
	}
	return key, baseURL, nil
}

// Target names the Knock that is written to, without the key: a database that was used
// for one is not used for another.
func Target(key, baseURL string) string {
	kind := "sk_…"
	if strings.HasPrefix(key, "sk_test_") {
		kind = "sk_test_…"
	}
	return baseURL + " " + kind
}
