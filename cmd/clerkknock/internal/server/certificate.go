package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
)

// certificate is that of TLS, which is replaced while connections come in.
type certificate struct {
	current atomic.Pointer[tls.Certificate]
}

func (c *certificate) load(cert, key string) error {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("cannot use the certificate of --tls-cert and --tls-key: %w", err)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if pair := c.current.Load(); pair != nil {
				return pair, nil
			}
			return nil, errors.New("there is no certificate")
		},
	}
}
