package server

import "context"

// reloadOnSignal reads everything again when a SIGHUP comes. What is wrong is refused,
// and the old stays.
func (s *server) reloadOnSignal(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Reload:
		}
		s.reloadCredentials()
		s.tell("mappings", s.reloadMappings())
		if s.CertFile != "" {
			s.tell("certificate", s.cert.load(s.CertFile, s.KeyFile))
		}
	}
}

// tell logs and counts what became of a reload.
func (s *server) tell(what string, err error) {
	result := "ok"
	if err != nil {
		result = "refused"
		s.Logger.Error("clerkknock: reload refused, what was in force stays: "+what, "error", err)
	} else {
		s.Logger.Info("clerkknock: reloaded " + what)
	}
	s.metrics.reloads.WithLabelValues(what, result).Inc()
}

// reloadCredentials replaces what can be replaced: a bad key does not keep a new secret
// out.
func (s *server) reloadCredentials() {
	c, err := s.Credentials()
	if err != nil {
		s.tell("credentials", err)
		return
	}
	s.tell("signing secrets", s.source.SetSigningSecrets(c.Secrets...))
	s.tell("API key", s.executor.SetAPIKey(c.APIKey))
}

func (s *server) reloadMappings() error {
	mapper, err := s.mapper()
	if err != nil {
		return err
	}
	return s.source.SetMapper(mapper)
}
