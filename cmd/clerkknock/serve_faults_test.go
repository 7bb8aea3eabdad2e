package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fails runs the program to its end and returns its exit code and what it says.
func fails(t *testing.T, dir string, env []string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "clerkknock"), args...)
	cmd.Dir, cmd.Env = dir, append(cleanEnv(), env...)
	out, err := cmd.CombinedOutput()
	require.Error(t, err, string(out))
	return cmd.ProcessState.ExitCode(), string(out)
}

func TestServeSaysWhatKeepsItFromServing(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	dir := t.TempDir()
	p := start(t, dir, env, "serve")
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.json"), []byte(`[{}]`), 0o600))
	for name, test := range map[string]struct {
		env  []string
		args []string
		code int
		say  string
	}{
		"two on one file": {nil, nil, 1, "the file is in use by another process"},
		"a port in use": {nil, []string{"--db", "other.db", "--addr", "127.0.0.1:" + port}, 1,
			"address already in use; set ADDR or --addr"},
		"metrics on that port": {nil, []string{"--db", "other.db", "--metrics-addr", "127.0.0.1:" + port}, 1,
			"set --metrics-addr"},
		"no PostgreSQL": {[]string{"DATABASE_URL=postgres://user:pass-word@127.0.0.1:1/db"}, nil, 1,
			"is DATABASE_URL right, and does PostgreSQL run?"},
		"no URL":         {[]string{"DATABASE_URL=postgres://user:pass-word@"}, nil, 1, "DATABASE_URL"},
		"no folder":      {nil, []string{"--db", "no/such/folder.db"}, 1, "name another file with --db"},
		"broken table":   {nil, []string{"--db", "a.db", "-m", "broken.json"}, 1, "event_type: is missing"},
		"no secret":      {[]string{"CLERK_WEBHOOK_SIGNING_SECRET="}, nil, 1, "set CLERK_WEBHOOK_SIGNING_SECRET"},
		"no key":         {[]string{"KNOCK_API_KEY=", "KNOCK_BASE_URL="}, nil, 1, "set KNOCK_API_KEY"},
		"a public key":   {[]string{"KNOCK_API_KEY=pk_test_key"}, []string{"--db", "b.db"}, 1, "is a public key"},
		"a wrong secret": {[]string{"CLERK_WEBHOOK_SIGNING_SECRET=sk_test_x"}, []string{"--db", "c.db"}, 1, "is an API key"},
		"a bad key":      {[]string{"CLERKKNOCK_ENCRYPTION_KEYS=pass-word"}, nil, 1, "is not of the form ID=BASE64"},
		"no certificate": {nil, []string{"--tls-cert", "no.pem", "--tls-key", "no.pem"}, 1, "cannot use the certificate"},
		"half of TLS":    {nil, []string{"--tls-cert", "no.pem"}, 2, "go together"},
		"a watched pipe": {nil, []string{"-m", "-"}, 2, "standard input is not"},
		"nothing to see": {nil, []string{"--watch"}, 2, "--watch goes with"},
		"a path":         {nil, []string{"--path", "webhooks"}, 2, "--path is"},
		"a level":        {nil, []string{"--log-level", "loud"}, 2, "--log-level is"},
		"an argument":    {nil, []string{"now"}, 2, "unknown command"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, said := fails(t, dir, append(env[:len(env):len(env)], test.env...), append([]string{"serve"}, test.args...)...)
			assert.Equal(t, test.code, code, said)
			assert.Contains(t, said, test.say)
			for _, secret := range []string{"pass-word", clerktest.Secret, "sk_test_x", "pk_test_key"} {
				assert.NotContains(t, said, secret)
			}
		})
	}
}

func TestADatabaseIsNotUsedForAnotherKnock(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	dir := t.TempDir()
	assert.Equal(t, 0, start(t, dir, env, "serve").stop(syscall.SIGTERM))
	_, other := emulate(t)
	code, said := fails(t, dir, other, "serve")
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "this database was used for target")
	assert.Contains(t, said, "sk_test_…")
}

func TestWhatIsAcceptedOutlivesAKill(t *testing.T) {
	t.Parallel()
	api, env := emulate(t)
	dir := t.TempDir()
	p := start(t, dir, env, "serve")
	for i := range 50 {
		id := fmt.Sprint("user_", i)
		status := p.post(clerktest.Secret, "msg_"+id, clerktest.Event("user.created", clerktest.Set("data.id", id)))
		require.Equal(t, 202, status)
	}
	assert.Equal(t, -1, p.stop(syscall.SIGKILL))
	start(t, dir, env, "serve")
	eventually(t, "all are in Knock", func() bool { return len(api.Users()) == 50 })
}

func TestServeSpeaksTLS(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	dir := t.TempDir()
	roots := certificate(t, dir)
	p := start(t, dir, env, "serve", "--tls-cert", "cert.pem", "--tls-key", "key.pem")
	require.True(t, strings.HasPrefix(p.url, "https://"), p.url)
	serial := func() string {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
		response, err := client.Get(p.url + "/healthz")
		require.NoError(t, err)
		defer response.Body.Close()
		return response.TLS.PeerCertificates[0].SerialNumber.String()
	}
	first := serial()
	roots = certificate(t, dir)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	eventually(t, "a reload", func() bool { return strings.Contains(p.output(), "reloaded certificate") })
	assert.NotEqual(t, first, serial())
}

// certificate writes one for this machine, and returns who vouches for it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	roots := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(cert)
	require.NoError(t, err)
	roots.AddCert(parsed)
	return roots
}
