package main

import (
	"fmt"
	"io"
	"time"
)

// payloads are the files in testdata.
var payloads = []struct{ name, what string }{
	{"user-1kB", "user.created, 1 kB"},
	{"session-3kB", "session.created with its user, 3 kB"},
	{"user-20kB", "user.updated with metadata, 20 kB"},
}

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
	{"HTTPFloor", "handler that does the floor's work, over HTTP"},
	{"HTTP", "**handler**, over HTTP"},
	{"HTTPPeer", "handler of the peer with structs, over HTTP"},
}

func report(w io.Writer, runs []run) {
	for _, p := range payloads {
		fmt.Fprintf(w, "\n### %s\n\n", p.what)
		fmt.Fprint(w, "| | µs | of the floor | MB/s | B | allocations |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
		for _, l := range layers {
			name := l.name + "/" + p.name
			fmt.Fprintf(w, "| %s | %.1f | %.2f | %.0f | %.0f | %.0f |\n", l.what, median(runs, name, "ns/op")/1000,
				ratio(runs, name, "Floor/"+p.name, "ns/op"), median(runs, name, "MB/s"),
				median(runs, name, "B/op"), median(runs, name, "allocs/op"))
		}
	}
	targets(w, runs)
	executor(w, runs)
}

func executor(w io.Writer, runs []run) {
	fmt.Fprint(w, "\n### Calls per second\n\n")
	fmt.Fprint(w, "| latency | in flight | ideal | net/http alone | executor |\n| ---: | ---: | ---: | ---: | ---: |\n")
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
