package inbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Key is a secret under which an inbox encrypts what it stores, with AES-256-GCM. Printed,
// logged or encoded as JSON it shows its ID alone. (Within an unexported field of another
// struct, and for %p and %w, which go vet refuses, fmt does not ask for that, and prints all
// of it.)
type Key struct {
	// ID names the key in the database, in plain: "2026-11", say. It must stay what it is
	// for as long as something is stored under the key.
	ID string
	// Secret is 32 random bytes, as crypto/rand or "openssl rand 32" makes them, and not a
	// password.
	Secret []byte
}

// secretSize is that of an AES-256 key.
const secretSize = 32

// maxKeyID bounds what is stored with each row.
const maxKeyID = 64

// check reports what is wrong with the key.
func (k Key) check() error {
	switch {
	case k.ID == "":
		return errors.New("has no ID")
	case len(k.ID) > maxKeyID || encodeText(k.ID) != k.ID:
		return fmt.Errorf("has an ID that is no text of at most %d bytes", maxKeyID)
	case len(k.Secret) != secretSize:
		return fmt.Errorf("has a secret of %d bytes; it takes %d random ones", len(k.Secret), secretSize)
	}
	return nil
}

// Format prints the Key without its secret.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "key "+k.ID) }

// LogValue logs the Key without its secret.
func (k Key) LogValue() slog.Value { return slog.StringValue("key " + k.ID) }

// MarshalJSON shows the Key without its secret.
func (k Key) MarshalJSON() ([]byte, error) { return json.Marshal("key " + k.ID) }

// MarshalText shows the Key without its secret, to what encodes other formats.
func (k Key) MarshalText() ([]byte, error) { return []byte("key " + k.ID), nil }
