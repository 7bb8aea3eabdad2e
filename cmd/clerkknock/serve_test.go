package main_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// emulate is an emulated Knock, and the environment that names it.
func emulate(t *testing.T) (*knocktest.API, []string) {
	t.Helper()
	api := knocktest.New(knocktest.Config{APIKey: "sk_test_serve"})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return api, []string{
		"ADDR=127.0.0.1:0", "KNOCK_API_KEY=sk_test_serve", "KNOCK_BASE_URL=" + server.URL,
		"CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret,
	}
}

// signer signs and posts a body with nothing but Python's own library, and prints the
// status of the answer.
const signer = `
import base64, hashlib, hmac, sys, time, urllib.error, urllib.request
url, secret, id = sys.argv[1:4]
body = sys.stdin.buffer.read()
at = str(int(time.time()))
key = base64.b64decode(secret.removeprefix("whsec_"))
mac = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256)
signature = "v1," + base64.b64encode(mac.digest()).decode()
request = urllib.request.Request(url, body, {"Content-Type": "application/json",
    "svix-id": id, "svix-timestamp": at, "svix-signature": signature})
try:
    print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as e:
    print(e.code)
`

func TestServeTakesWhatAnotherLanguageSigns(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	api, env := emulate(t)
	dir := t.TempDir()
	p := start(t, dir, env, "serve", "--metrics-addr", "127.0.0.1:0", "--log-format", "json")
	sign := func(secret string) string {
		cmd := exec.Command(python, "-c", signer, p.url+"/webhooks/clerk", secret, "msg_1")
		cmd.Stdin = strings.NewReader(string(clerktest.Event("user.created")))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return strings.TrimSpace(string(out))
	}
	assert.Equal(t, "202", sign(clerktest.Secret))
	assert.Equal(t, "401", sign("whsec_b3RoZXIgc2VjcmV0IG9mIHRlc3Rz"))
	eventually(t, "the user is in Knock", func() bool { _, ok := api.User(clerktest.UserID); return ok })

	status, body := get(t, p.url+"/healthz")
	assert.Equal(t, "200 ok\n", fmt.Sprint(status, " ", body))
	status, body = get(t, p.url+"/readyz")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `"ready":true,"database":"ok","workers":"running","last_delivery":"20`)
	eventually(t, "metrics", func() bool {
		_, body := get(t, p.metrics)
		return strings.Contains(body, `clerkknock_deliveries_total{outcome="succeeded"} 1`) &&
			strings.Contains(body, `clerkknock_answers_total{status="401"} 1`) &&
			strings.Contains(body, `clerkknock_inbox_deliveries{state="dead"} 0`) &&
			strings.Contains(body, `clerkknock_inbox_up 1`)
	})
	status, _ = get(t, p.url+"/metrics")
	assert.Equal(t, 404, status, "strangers see no metrics")

	assert.Equal(t, 0, p.stop(syscall.SIGTERM))
	for _, secret := range []string{clerktest.Secret, "sk_test_serve", "Lovelace", clerktest.EmailAddress} {
		assert.NotContains(t, p.output(), secret)
	}
	for _, line := range strings.Split(p.output(), "\n") {
		if strings.HasPrefix(line, "{") {
			assert.True(t, json.Valid([]byte(line)), line)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "clerkknock.db"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestASignalRotatesTheSecretAndLosesNothing(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	dir := t.TempDir()
	const newSecret = "whsec_b3RoZXIgc2VjcmV0IG9mIHRlc3Rz"
	secrets, key := filepath.Join(dir, "secrets"), filepath.Join(dir, "key")
	write := func(file, text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	write(secrets, clerktest.Secret+"\n")
	write(key, "sk_test_serve\n")
	env = append(env[:1:1], env[2], "CLERK_WEBHOOK_SIGNING_SECRET_FILE="+secrets)
	p := start(t, dir, env, "serve", "--key-file", key)

	var posting sync.WaitGroup
	var sent atomic.Int64
	stop := make(chan struct{})
	for worker := range 3 {
		posting.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if status := p.post(clerktest.Secret, fmt.Sprintf("msg_%d_%d", worker, i),
					clerktest.Event("session.ended")); status >= 300 {
					t.Errorf("a request is answered %d", status)
					return
				}
				sent.Add(1)
			}
		})
	}
	assert.Equal(t, 401, p.post(newSecret, "msg_new", clerktest.Event("user.created")))
	write(secrets, newSecret+"\n"+clerktest.Secret+"\n")
	reloaded := func(n int) func() bool {
		return func() bool { return strings.Count(p.output(), "reloaded signing secrets") == n }
	}
	for n := 1; n <= 10; n++ {
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
		eventually(t, "a reload", reloaded(n))
	}
	assert.Equal(t, 202, p.post(newSecret, "msg_new", clerktest.Event("user.created")))

	// What is wrong is refused, and what was in force stays.
	write(secrets, "sk_test_wrong")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	eventually(t, "a refusal", func() bool { return strings.Contains(p.output(), "reload refused") })
	assert.Equal(t, 202, p.post(newSecret, "msg_again", clerktest.Event("user.created")))
	assert.NotContains(t, p.output(), "sk_test_wrong")
	close(stop)
	posting.Wait()
	assert.Positive(t, sent.Load())

	// At last the old one goes.
	write(secrets, newSecret)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	eventually(t, "a reload", reloaded(11))
	assert.Equal(t, 401, p.post(clerktest.Secret, "msg_old", clerktest.Event("user.created")))
	assert.Equal(t, 0, p.stop(syscall.SIGINT))
}

func TestMappingsAreTakenOverWhenTheirFileChanges(t *testing.T) {
	t.Parallel()
	api, env := emulate(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "mappings.json")
	// replace puts another file in the place of the old one, as editors and deployments do.
	replace := func(text string) {
		require.NoError(t, os.WriteFile(file+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}
	named := func(path string) string {
		return `[{"event_type":"user.created","action_type":"users_identify","active":true,` +
			`"action_parameters":{"id":"body.data.id","name":"` + path + `"}}]`
	}
	replace(named("body.data.first_name"))
	p := start(t, dir, env, "serve", "--mappings", "mappings.json", "--watch")
	name := func(n int) func() bool {
		id := fmt.Sprint("user_", n)
		return func() bool {
			require.Less(t, p.post(clerktest.Secret, "msg_"+id+fmt.Sprint(time.Now().UnixNano()),
				clerktest.Event("user.created", clerktest.At(time.Now()), clerktest.Set("data.id", id))), 300)
			u, _ := api.User(id)
			return u.Properties["name"] == []string{"Ada", "Lovelace", "ada"}[n]
		}
	}
	eventually(t, "the first table", name(0))
	replace(named("body.data.last_name"))
	eventually(t, "a table that came by rename", name(1))

	replace(`[{"event_type":`)
	eventually(t, "a refusal", func() bool { return strings.Contains(p.output(), "reload refused") })
	require.NoError(t, os.Remove(file))
	time.Sleep(1200 * time.Millisecond) // it is looked at twice a second
	eventually(t, "the old table stays", name(1))
	require.NoError(t, os.WriteFile(file, []byte(named("body.data.username")), 0o600)) // in place
	eventually(t, "the table that mends it", name(2))
	assert.Equal(t, 0, p.stop(syscall.SIGTERM))
}
