package main

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// settings are what the environment says.
type settings struct {
	addr     string
	secrets  []string
	apiKey   string
	baseURL  string
	database string
	// made is whether the secret was made here.
	made bool
	// untouched is whether nothing says what to connect to.
	untouched bool
}

func readSettings(getenv func(string) string) (settings, error) {
	s := settings{
		addr:     cmp.Or(getenv("ADDR"), "127.0.0.1:8080"),
		apiKey:   getenv("KNOCK_API_KEY"),
		baseURL:  getenv("KNOCK_BASE_URL"),
		database: getenv("QUICKSTART_DB"),
	}
	if env := getenv("CLERK_WEBHOOK_SIGNING_SECRET"); env != "" {
		// A comma also stands in "v1,whsec_…", which is a mistake to be explained
		// and not two secrets.
		s.secrets = strings.Split(strings.ReplaceAll(env, "v1,", "v1\x00"), ",")
		for i, secret := range s.secrets {
			s.secrets[i] = strings.TrimSpace(strings.ReplaceAll(secret, "\x00", ","))
		}
	} else {
		key := make([]byte, 24)
		rand.Read(key)
		s.secrets, s.made = []string{"whsec_" + base64.StdEncoding.EncodeToString(key)}, true
	}
	s.untouched = s.made && s.apiKey == "" && s.baseURL == ""
	if s.apiKey == "" && s.baseURL != "" {
		s.apiKey = "sk_quickstart" // whatever answers there asks for no real one
	}
	if strings.HasPrefix(s.apiKey, "pk_") {
		return s, errors.New("KNOCK_API_KEY is a public key (pk_…); set a secret key (sk_…)")
	}
	if s.database == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		s.database = filepath.Join(cache, "clerkknock", "quickstart.db")
	}
	return s, os.MkdirAll(filepath.Dir(s.database), 0o700)
}

func (s settings) announce(out io.Writer, addr net.Addr, k *emulator) {
	fmt.Fprintf(out, "Listening on http://%s\n", addr)
	fmt.Fprintln(out, "  POST /webhooks/clerk   for Clerk")
	fmt.Fprintln(out, "  GET  /healthz")
	switch {
	case k != nil:
		fmt.Fprintln(out, "  GET  /knock            what the emulated Knock holds; it starts empty")
	case s.baseURL != "":
		fmt.Fprintln(out, "Knock is at", s.baseURL)
	default:
		fmt.Fprintln(out, "Knock is the real one, in the environment of KNOCK_API_KEY.")
	}
	fmt.Fprintln(out, "Deliveries are kept in", s.database)
	if s.made {
		fmt.Fprintf(out, "CLERK_WEBHOOK_SIGNING_SECRET=%s (made for this run)\n", s.secrets[0])
	}
}
