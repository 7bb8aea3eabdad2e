package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/clerkknock/clerkknock/console"
)

// consolePath is where the console is.
const consolePath = "/console/"

// mountConsole adds the console, if somebody may see it.
func (s *server) mountConsole(mux *http.ServeMux) error {
	authorize := console.Loopback
	switch {
	case s.ConsoleToken != "":
		authorize = withToken(s.ConsoleToken)
	case !s.ConsoleOpen:
		return nil
	}
	page, err := console.Handler(console.Config{
		Source: s.source, Log: s.box.EventLog(), Queue: s.box.Queue(), Limits: s.executor.Limits,
		Authorize: authorize, Logger: s.Logger,
	})
	if err != nil {
		return err
	}
	if s.ConsoleToken != "" {
		page = asking(authorize, page)
	}
	mux.Handle(consolePath, page)
	return nil
}

// withToken lets in whoever gives a token as the password of HTTP's basic authentication; the
// name that they give is for the log alone.
func withToken(token string) func(*http.Request) (who string, ok bool) {
	want := sha256.Sum256([]byte(token))
	return func(r *http.Request) (string, bool) {
		who, password, _ := r.BasicAuth()
		got := sha256.Sum256([]byte(password))
		return who, subtle.ConstantTimeCompare(want[:], got[:]) == 1
	}
}

// asking has a browser ask for the name and the token.
func asking(authorize func(*http.Request) (string, bool), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := authorize(r); !ok {
			w.Header().Set("WWW-Authenticate", `Basic realm="clerkknock", charset="UTF-8"`)
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
