package main

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
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
}

// emulated is whether nothing says where Knock is.
func (s settings) emulated() bool { return s.apiKey == "" && s.baseURL == "" }

// realKnock is whether there are people in Knock who could get a message.
func (s settings) realKnock() bool {
	return s.apiKey != "" && (s.baseURL == "" || strings.Contains(s.baseURL, "knock.app"))
}

// signing is the secret that events are signed with.
func (s settings) signing() string { return "whsec_" + strings.TrimPrefix(s.secrets[0], "whsec_") }

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
	if s.apiKey == "" && s.baseURL != "" {
		s.apiKey = "sk_quickstart" // whatever answers there asks for no real one
	}
	if strings.HasPrefix(s.apiKey, "pk_") {
		return s, errors.New("KNOCK_API_KEY is a public key (pk_…); set a secret key (sk_…)")
	}
	if s.database == "" {
		if s.emulated() {
			return s, nil // the emulated Knock makes one
		}
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		s.database = filepath.Join(cache, "clerkknock", "quickstart.db")
	}
	return s, os.MkdirAll(filepath.Dir(s.database), 0o700)
}
