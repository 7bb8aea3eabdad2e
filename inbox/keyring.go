package inbox

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// content is what of a delivery is kept from those who can read the database.
type content struct {
	header map[string][]string // escaped
	body   []byte
	// keyID names the key under which both are encrypted, together in body. Empty if they
	// are in plain.
	keyID string
}

// keyring holds the keys of a Config. A nil one, of a Config without keys, encrypts
// nothing.
type keyring struct {
	first string
	keys  map[string]cipher.AEAD
}

func newKeyring(keys []Key) (*keyring, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	ring := &keyring{first: keys[0].ID, keys: make(map[string]cipher.AEAD, len(keys))}
	for i, k := range keys {
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("inbox: Config.Keys[%d] %w", i, err)
		}
		if ring.keys[k.ID] != nil {
			return nil, fmt.Errorf("inbox: Config.Keys[%d] has the ID %q of another; give each its own", i, k.ID)
		}
		block, err := aes.NewCipher(k.Secret)
		if err != nil {
			return nil, fmt.Errorf("inbox: Config.Keys[%d]: %w", i, err)
		}
		if ring.keys[k.ID], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("inbox: Config.Keys[%d]: %w", i, err)
		}
	}
	return ring, nil
}

// seal encrypts a content that is in plain under the first key. place is the row that it
// is for: it cannot be read in another one.
func (r *keyring) seal(c content, place string) (content, error) {
	if r == nil {
		return c, nil
	}
	header, err := json.Marshal(c.header)
	if err != nil {
		return content{}, err
	}
	plain := binary.AppendUvarint(nil, uint64(len(header)))
	plain = append(append(plain, header...), c.body...)
	return content{keyID: r.first, body: r.keys[r.first].Seal(nil, nil, plain, []byte(place))}, nil
}

// open is the reverse of seal, for any of the keys.
func (r *keyring) open(c content, place string) (content, error) {
	if c.keyID == "" {
		return c, nil
	}
	var key cipher.AEAD
	if r != nil {
		key = r.keys[c.keyID]
	}
	if key == nil {
		return content{}, fmt.Errorf("delivery is encrypted under key %q, which Config.Keys lacks; "+
			"add the key, then replay the delivery", c.keyID)
	}
	plain, err := key.Open(nil, nil, c.body, []byte(place))
	if err != nil {
		return content{}, fmt.Errorf("delivery cannot be decrypted under key %q; "+
			"the key's secret is another one than before, or the row was changed", c.keyID)
	}
	size, n := binary.Uvarint(plain)
	if n <= 0 || size > uint64(len(plain)-n) {
		return content{}, errors.New("delivery has been encrypted in a way that this version does not know")
	}
	opened := content{body: plain[n+int(size):]}
	return opened, json.Unmarshal(plain[n:n+int(size)], &opened.header)
}
