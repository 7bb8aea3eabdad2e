package clerkapi_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/backfill/clerkapi"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

var memory = flag.Bool("memory", false, "measure the peak memory of runs of 10,000 and 100,000 users: some minutes")

// TestMain is the process that is measured, if the environment says so.
func TestMain(m *testing.M) {
	if url := os.Getenv("BACKFILL_CLERK"); url != "" {
		if err := measured(url, os.Getenv("BACKFILL_KNOCK")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// measured is a run in a process of its own. Its ledger keeps little: what a ledger in
// memory takes, 300 bytes for each entity, is the host's to choose.
func measured(clerkURL, knockURL string) error {
	executor, err := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: knockURL})
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	source, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: executor, Logger: logger,
		Ledger: &ledger.Memory{Capacity: 5000, Logger: logger},
	})
	if err != nil {
		return err
	}
	reader, err := clerkapi.New(clerkapi.Config{SecretKey: "sk_test_1", BaseURL: clerkURL + "/v1"})
	if err != nil {
		return err
	}
	report, err := backfill.Run(context.Background(), backfill.Config{Source: source}, reader.Read)
	if err != nil {
		return err
	}
	fmt.Printf("%v in %v\n", report.Finished, report.Took)
	status, err := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM") {
			fmt.Print(line)
		}
	}
	return err
}

func TestMemoryIsFlat(t *testing.T) {
	if !*memory {
		t.Skip("it takes minutes; run it with -memory")
	}
	peaks := map[int]int{}
	for _, scale := range []int{1000, 10_000} {
		p := clerktest.Population{Users: 10 * scale, Organizations: scale / 5, Memberships: 30 * scale}
		instance := clerktest.NewBackend(clerktest.BackendConfig{})
		instance.Populate(p)
		clerkServer := httptest.NewServer(instance)
		knockServer := httptest.NewServer(knocktest.New(knocktest.Config{History: 100}))
		command := exec.CommandContext(t.Context(), os.Args[0])
		command.Env = append(os.Environ(), "BACKFILL_CLERK="+clerkServer.URL, "BACKFILL_KNOCK="+knockServer.URL)
		out, err := command.CombinedOutput()
		clerkServer.Close()
		knockServer.Close()
		require.NoError(t, err, string(out))
		_, peak, found := strings.Cut(string(out), "VmHWM:")
		require.True(t, found, "the system does not tell the peak: %s", out)
		var kB int
		_, err = fmt.Sscan(peak, &kB)
		require.NoError(t, err)
		t.Logf("%d users, %d organizations, %d memberships: %s", p.Users, p.Organizations, p.Memberships, out)
		peaks[scale] = kB
	}
	require.Less(t, float64(peaks[10_000]), 1.2*float64(peaks[1000]))
}
