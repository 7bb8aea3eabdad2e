// Package mutants proves that the tests of the verification would notice if it
// were wrong: it breaks verify.go and the files beside it in 22 ways and expects a failure each
// time.
package mutants

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mutants are wrong versions of the files, each one edit away from the right one.
var mutants = map[string]struct{ from, to string }{
	"signatures are not compared": {
		"if webhook.VerifyIgnoringTimestamp(payload, clean) == nil {",
		"if _ = webhook.VerifyIgnoringTimestamp(payload, clean); true {",
	},
	"an empty body is signed instead": {
		"VerifyIgnoringTimestamp(payload, clean)", "VerifyIgnoringTimestamp(nil, clean)",
	},
	"only the first secret counts":        {"range v.webhooks {", "range v.webhooks[:1] {"},
	"only the last secret counts":         {"range v.webhooks {", "range v.webhooks[len(v.webhooks)-1:] {"},
	"old messages pass":                   {"now.Add(-v.tolerance).After(sent)", "now.Add(-1000*v.tolerance).After(sent)"},
	"messages from the future pass":       {"now.Add(v.tolerance).Before(sent)", "now.Add(1000*v.tolerance).Before(sent)"},
	"the window has its signs swapped":    {"now.Add(-v.tolerance).After(sent)", "now.Add(v.tolerance).After(sent)"},
	"the edge of the window is outside":   {"now.Add(-v.tolerance).After(sent)", "!now.Add(-v.tolerance).Before(sent)"},
	"the clock is the machine's":          {"now := v.now()", "now := time.Now()"},
	"every version label passes":          {`if words[i] == "v1" {`, `if words[i] != "" {`},
	"labels that begin with v1 pass":      {`if words[i] == "v1" {`, `if strings.HasPrefix(words[i], "v1") {`},
	"only the first signature is read":    {"len(entries) < maxSignatures", "len(entries) < 1"},
	"signatures are read without a bound": {"len(entries) < maxSignatures", "len(entries) < 1_000_000"},
	"the two sets of headers are mixed": {
		`strings.TrimSpace(first(values(header, family.id))),`,
		`strings.TrimSpace(header.Get("Svix-Id") + header.Get("Webhook-Id")),`,
	},
	"webhook-* headers are not read": {
		"	for _, family := range headerFamilies {\n		h :=",
		"	for _, family := range headerFamilies[:1] {\n		h :=",
	},
	"blank ids pass": {`h.id != "" && `, ``},
	"only one signature line is read": {
		`signatures: values(header, family.signature),`,
		`signatures: []string{header.Get(family.signature)},`,
	},
	"timestamps with a sign or dot pass":   {"if c < '0' || c > '9' {", "if c > '9' {"},
	"an empty secret passes":               {`if s == "" {`, `if s == "-" {`},
	"no secret at all passes":              {"if len(secrets) == 0 {", "if secrets == nil && len(secrets) > 0 {"},
	"the secret is repeated in the error":  {"errors.New(`is not base64;", "errors.New(secret + `is not base64;"},
	"a signature pasted as secret is fine": {`strings.HasPrefix(s, "v1,whsec_")`, `strings.HasPrefix(s, "\x00")`},
}

func TestEveryMutantOfTheVerifierIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package once for each mutant")
	}
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	sources := map[string]string{}
	for _, name := range []string{"verify.go", "signature_headers.go"} {
		source, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		sources[name] = string(source)
	}

	// The right version has to pass, or a failure would prove nothing.
	run := func(t *testing.T, name, version string) (string, error) {
		dir := t.TempDir()
		mutant := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(mutant, []byte(version), 0o600))
		overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, name): mutant}})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
		cmd := exec.Command("go", "test", "-vet=off", "-short", "-run", "Verif",
			"-overlay", filepath.Join(dir, "overlay.json"), ".")
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run(t, "verify.go", sources["verify.go"])
	require.NoError(t, err, out)

	for name, m := range mutants {
		t.Run(name, func(t *testing.T) {
			name := "verify.go"
			for file, source := range sources {
				if strings.Contains(source, m.from) {
					name = file
				}
			}
			mutant := strings.Replace(sources[name], m.from, m.to, 1)
			require.True(t, mutant != sources[name], "the mutant is out of date")
			out, err := run(t, name, mutant)
			require.Error(t, err, "no test has noticed")
			require.NotContains(t, out, "build failed", "a mutant has to compile")
			require.Contains(t, out, "--- FAIL")
		})
	}
}
