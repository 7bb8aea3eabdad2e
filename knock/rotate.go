package knock

import (
	"errors"
	"fmt"
	"strings"
)

// SetAPIKey replaces the key for the requests that are sent from now on. It must be one
// of the same Knock environment: what has been done there is not done again elsewhere. A
// key with a mistake is refused, and the old one stays. It is an error if a client of
// Knock's SDK sends the requests, which has the key.
func (e *Executor) SetAPIKey(key string) error {
	t, ok := e.transport.(*httpTransport)
	if !ok {
		return errors.New("knock: the SDK's client has the API key; replace it there")
	}
	if err := checkKey(key); err != nil {
		return fmt.Errorf("knock: the API key %w", err)
	}
	key = strings.TrimSpace(key)
	t.key.Store(&key)
	return nil
}

// checkKey says what is wrong with a key, without the key.
func checkKey(key string) error {
	switch key := strings.TrimSpace(key); {
	case key == "":
		return errors.New("is empty; take a secret key from the Knock dashboard, Platform, API keys")
	case strings.HasPrefix(key, "pk_"):
		return errors.New("is a public key (pk_…); this needs the secret key (sk_…)")
	case !isPrintable(key):
		return errors.New("holds a space or a character that no header can hold")
	}
	return nil
}
