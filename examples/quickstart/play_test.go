package main_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What happened to somebody, and why, stands in the console where the page leads to.
func TestTheConsoleSaysWhatBecameOfEachCase(t *testing.T) {
	t.Parallel()
	host := start(t, nil)
	defer host.kill()
	go func() {
		for host.printed.Scan() { // what it prints must not hold it up
		}
	}()
	for name, says := range map[string][]string{
		"new":      {"identified"},
		"twice":    {"it came again once"},
		"late":     {"stale", "identified"},
		"forged":   {"401", "no signature matches"},
		"down":     {"identified"},
		"refused":  {"Knock answered 422"},
		"missing":  {"data.user"},
		"inactive": {"not active"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := http.Post(host.url+"/play/"+name, "", nil)
			require.NoError(t, err)
			defer resp.Body.Close()
			require.Equal(t, http.StatusOK, resp.StatusCode)
			page := resp.Request.URL.String() // where it led to
			require.Contains(t, page, "/console/")
			require.Eventually(t, func() bool {
				resp, err := http.Get(page)
				require.NoError(t, err)
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				for _, text := range says {
					if !strings.Contains(string(body), text) {
						return false
					}
				}
				return true
			}, 20*time.Second, 100*time.Millisecond, "%s does not say %q", page, says)
		})
	}
}
