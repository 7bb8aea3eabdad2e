package clerkknock

import (
	"encoding/base64"
	"errors"
	"strings"
)

// minSecret keeps out what is no secret but a word somebody has put in its place.
const minSecret = 8

func decodeSecret(secret string) ([]byte, error) {
	s := strings.TrimSpace(secret)
	name, _, named := strings.Cut(s, "=whsec_")
	switch {
	case strings.ContainsAny(s, "\"'`"):
		return nil, errors.New("holds quotes; give what is between them")
	case named && name != "":
		return nil, errors.New(`begins with a name and "="; give the part from "whsec_" on`)
	case strings.Count(s, "whsec_") > 1:
		return nil, errors.New("holds several secrets and what separates them; give them one by one")
	case strings.HasPrefix(s, "v1,whsec_"):
		return nil, errors.New(`begins with "v1,": that is the form of a signature; give the part from "whsec_" on`)
	case strings.HasPrefix(s, "whsk_"), strings.HasPrefix(s, "whpk_"):
		return nil, errors.New(`is an asymmetric key; Clerk signs with the symmetric "whsec_" secret`)
	case strings.HasPrefix(s, "sk_"), strings.HasPrefix(s, "pk_"):
		return nil, errors.New(`is an API key; give the webhook endpoint's "whsec_" signing secret`)
	}
	s = strings.TrimRight(strings.TrimPrefix(s, "whsec_"), "=")
	if s == "" {
		return nil, errors.New("is empty; copy it from the endpoint's page in the Clerk Dashboard")
	}
	key, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		// The decoder's own error is left out: it tells about the secret's bytes.
		return nil, errors.New(`is not base64; copy it whole, from "whsec_" to the end`)
	}
	if len(key) < minSecret {
		return nil, errors.New("is too short to be one; Svix's have 24 bytes")
	}
	return key, nil
}
