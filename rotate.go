package clerkknock

import (
	"errors"
	"fmt"
)

// SetSigningSecrets replaces the secrets for the requests that arrive from now on; those
// in flight are verified with the old ones. Secrets with a mistake are refused, and the
// old ones stay. To rotate without a lost delivery give the new secret and the old one for
// a while. It is an error if Config.Verifier verifies: rotate there.
func (s *Source) SetSigningSecrets(secrets ...string) error {
	if _, ours := (*s.verifier.Load()).(*SignatureVerifier); !ours {
		return errors.New("clerkknock: the Source verifies with Config.Verifier; replace the secrets in there")
	}
	v, err := s.config.verifier(secrets)
	if err != nil {
		return fmt.Errorf("clerkknock: the old signing secrets stay: %w", err)
	}
	var verifier Verifier = v
	s.verifier.Store(&verifier)
	return nil
}
