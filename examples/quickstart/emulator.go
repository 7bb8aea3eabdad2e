package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// emulator is a Knock of our own, listening on a port of its own. It forgets
// everything when it is closed, and so does the inbox that is kept in its folder.
type emulator struct {
	api    *knocktest.API
	server *httptest.Server
	folder string
}

// emulate starts an emulated Knock and points the settings at it, unless they
// name another one; then it returns nil.
func emulate(s *settings) (*emulator, error) {
	if !s.emulated() {
		return nil, nil
	}
	folder, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		return nil, err
	}
	api := knocktest.New(knocktest.Config{EnforceRateLimits: true})
	e := &emulator{api, httptest.NewServer(api), folder}
	s.apiKey, s.baseURL = "sk_quickstart", e.server.URL
	s.database = cmp.Or(s.database, filepath.Join(folder, "quickstart.db"))
	if err := e.addOps(s.apiKey); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// addOps adds the people who are told about deleted users, as if they had been in
// Knock already.
func (e *emulator) addOps(apiKey string) error {
	req, err := http.NewRequest(http.MethodPut, e.server.URL+"/v1/users/ops", strings.NewReader(`{"name":"Operations"}`))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := e.server.Client().Do(req)
	if err != nil {
		return fmt.Errorf("the emulated Knock does not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the emulated Knock answers %s", resp.Status)
	}
	return nil
}

func (e *emulator) Close() {
	if e != nil {
		e.server.Close()
		_ = os.RemoveAll(e.folder)
	}
}

// mount shows what Knock holds.
func (e *emulator) mount(mux *http.ServeMux) {
	if e == nil {
		return
	}
	mux.HandleFunc("GET /knock", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(e.api.Snapshot())
	})
}
