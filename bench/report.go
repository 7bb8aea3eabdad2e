package main

import (
	"fmt"
	"io"
	"time"
)

// payloads are the names of the files in testdata.
var payloads = []string{"user-1kB", "session-3kB", "user-20kB"}

// layers are the benchmarks that have every payload, and what they measure.
var layers = []struct{ name, what string }{
	{"Floor", "floor: SHA-256 and `json.Valid` of the body"},
	{"VerifySvix", "svix's library: verify"},
	{"Verify", "verify"},
	{"VerifyOwn", "verify, without svix's library"},
	{"Parse", "parse"},
	{"Plan", "parse and plan"},
	{"Render", "render"},
	{"Pipeline", "**pipeline**: verify, parse, plan, render"},
	{"PeerStructs", "peer with structs"},
	{"PeerMaps", "peer with `map[string]any`"},
	{"HandlerBare", "handler that reads the body, in process"},
	{"Handler", "**handler**, in process"},
	{"HandlerPeer", "handler of the peer with structs, in process"},
	{"HTTPBare", "handler that reads the body, over HTTP"},
	{"HTTP", "**handler**, over HTTP"},
	{"HTTPPeer", "handler of the peer with structs, over HTTP"},
}

func report(w io.Writer, runs []run) {
	for _, payload := range payloads {
		fmt.Fprintf(w, "\n### %s\n\n| | µs | of the floor | MB/s | B | allocations |\n| --- | ---: | ---: | ---: | ---: | ---: |\n", payload)
		for _, l := range layers {
			name := l.name + "/" + payload
			fmt.Fprintf(w, "| %s | %.1f | %.2f | %.0f | %.0f | %.0f |\n", l.what, median(runs, name, "ns/op")/1000,
				ratio(runs, name, "Floor/"+payload, "ns/op"), median(runs, name, "MB/s"), median(runs, name, "B/op"), median(runs, name, "allocs/op"))
		}
	}
	targets(w, runs)
	executor(w, runs)
}

// targets prints what the project has set itself beside what is reached.
func targets(w io.Writer, runs []run) {
	time := func(name, to string) float64 { return ratio(runs, name, to, "ns/op") }
	// The better peer is the quicker one in each run.
	toPeer := func(unit string) float64 {
		return middle(runs, func(r run) float64 {
			return r["Pipeline/user-1kB"][unit] / min(r["PeerStructs/user-1kB"][unit], r["PeerMaps/user-1kB"][unit])
		})
	}
	fmt.Fprint(w, "\n### Ratios\n\n| | target | measured |\n| --- | ---: | ---: |\n")
	for _, t := range []struct {
		what     string
		target   string
		measured float64
	}{
		{"pipeline to the better peer, time", "0.50", toPeer("ns/op")},
		{"pipeline to the better peer, allocations", "0.33", toPeer("allocs/op")},
		{"pipeline to the floor, time", "3.50", time("Pipeline/user-1kB", "Floor/user-1kB")},
		{"body of 1 MiB to one of 64 kB, time for each byte", "1.00", time("Size/1024kB", "Size/64kB") * bytesOf(runs, "Size/64kB") / bytesOf(runs, "Size/1024kB")},
		{"1,000 mappings for other events to none", "1.00", time("OtherMappings/1000", "OtherMappings/0")},
		{"refused (forged) to accepted", "below 1", time("Refused/forged", "Handler/user-20kB")},
		{"refused (unsigned) to accepted", "below 1", time("Refused/unsigned", "Handler/user-20kB")},
		{"refused (too large) to accepted", "below 1", time("Refused/oversized", "Handler/user-20kB")},
		{"requests per second over HTTP to a bare handler's", "0.85", ratio(runs, "HTTP/user-1kB", "HTTPBare/user-1kB", "req/s")},
	} {
		fmt.Fprintf(w, "| %s | %s | %.2f |\n", t.what, t.target, t.measured)
	}
}

// bytesOf is the size of a benchmark's body, from its rate.
func bytesOf(runs []run, name string) float64 {
	return middle(runs, func(r run) float64 { return r[name]["MB/s"] * r[name]["ns/op"] })
}

func executor(w io.Writer, runs []run) {
	fmt.Fprint(w, "\n### Calls per second\n\n| latency | in flight | ideal | net/http alone | executor |\n| ---: | ---: | ---: | ---: | ---: |\n")
	for _, latency := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond} {
		for _, workers := range []int{1, 16, 64} {
			ideal := "–"
			if latency > 0 {
				ideal = fmt.Sprintf("%.0f", float64(workers)/latency.Seconds())
			}
			name := fmt.Sprintf("/%v-%d", latency, workers)
			fmt.Fprintf(w, "| %v | %d | %s | %.0f | %.0f |\n", latency, workers, ideal,
				median(runs, "ExecutorBare"+name, "calls/s"), median(runs, "Executor"+name, "calls/s"))
		}
	}
}
