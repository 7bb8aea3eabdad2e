package main

import (
	"fmt"
	"io"
)

// targets prints what the project has set itself beside what is reached. A row
// without an aim explains the one above it.
func targets(w io.Writer, runs []run) {
	time := func(name, to string) float64 { return ratio(runs, name, to, "ns/op") }
	bySize := func(layer string) float64 {
		return ratio(runs, "Size/"+layer+"/64kB", "Size/"+layer+"/1024kB", "MB/s")
	}
	rate := func(name string) float64 { return ratio(runs, name+"/user-1kB", "HTTPBare/user-1kB", "req/s") }
	fmt.Fprint(w, "\n### What was aimed at\n\n| | aim | measured | |\n| --- | ---: | ---: | --- |\n")
	for _, t := range []struct {
		what     string
		measured float64
		aim      float64
		relation *relation
	}{
		{"pipeline to the better peer, 1 kB, time", toPeer(runs, "user-1kB", "ns/op"), 0.5, atMost},
		{"the same at 3 kB", toPeer(runs, "session-3kB", "ns/op"), 0, nil},
		{"the same at 20 kB", toPeer(runs, "user-20kB", "ns/op"), 0, nil},
		{"the same at 1 kB, without svix's library in the pipeline", withoutSvix(runs, "ns/op"), 0, nil},
		{"pipeline to the better peer, 1 kB, allocations", toPeer(runs, "user-1kB", "allocs/op"), 1. / 3, atMost},
		{"the same without svix's library in the pipeline", withoutSvix(runs, "allocs/op"), 0, nil},
		{"pipeline to the floor, 1 kB, time", time("Pipeline/user-1kB", "Floor/user-1kB"), 3.5, atMost},
		{"time for each byte, body of 1 MiB to one of 64 kB", bySize("pipeline"), 1, about},
		{"the same of parse and plan alone", bySize("plan"), 0, nil},
		{"the same of svix's library alone", bySize("svix"), 0, nil},
		{"planning with 1,000 mappings for other events, to none", time("OtherMappings/1000", "OtherMappings/0"), 1, about},
		{"refused to accepted, 20 kB: forged", time("Refused/forged", "Handler/user-20kB"), 1, atMost},
		{"unsigned", time("Refused/unsigned", "Handler/user-20kB"), 1, atMost},
		{"too large", time("Refused/oversized", "Handler/user-20kB"), 1, atMost},
		{"requests per second over HTTP, 1 kB, to a handler that only reads", rate("HTTP"), 0.85, atLeast},
		{"the same of a handler that does the floor's work", rate("HTTPFloor"), 0, nil},
		{"the same of the peer with structs", rate("HTTPPeer"), 0, nil},
		{"bytes in flight for each byte of the body, 1,000 at once", median(runs, "InFlight", "B/byte"), 0, nil},
		{"bytes in flight for each request beside that", median(runs, "InFlight", "B/request"), 0, nil},
	} {
		aim, verdict := "–", ""
		if t.relation != nil {
			aim, verdict = fmt.Sprintf("%s %.2f", t.relation.sign, t.aim), "not met"
			if t.relation.holds(t.measured, t.aim) {
				verdict = "met"
			}
		}
		fmt.Fprintf(w, "| %s | %s | %.2f | %s |\n", t.what, aim, t.measured, verdict)
	}
}

// relation is how a measured figure is to stand to its aim.
type relation struct {
	sign  string
	holds func(measured, aim float64) bool
}

var (
	atMost  = &relation{"≤", func(measured, aim float64) bool { return measured <= aim }}
	atLeast = &relation{"≥", func(measured, aim float64) bool { return measured >= aim }}
	// about allows for the processor's caches and for neighbours: half as much again.
	about = &relation{"≈", func(measured, aim float64) bool { return measured > aim/1.5 && measured < aim*1.5 }}
)

// toPeer is the pipeline's figure beside that of the better peer, which is the
// better one in each run.
func toPeer(runs []run, payload, unit string) float64 {
	return middle(runs, func(r run) float64 { return r["Pipeline/"+payload][unit] / better(r, payload, unit) })
}

// withoutSvix is what toPeer would be if the signature were checked by a MAC that
// is used again.
func withoutSvix(runs []run, unit string) float64 {
	return middle(runs, func(r run) float64 {
		pipeline := r["Pipeline/user-1kB"][unit] - r["VerifySvix/user-1kB"][unit] + r["VerifyOwn/user-1kB"][unit]
		return pipeline / better(r, "user-1kB", unit)
	})
}

func better(r run, payload, unit string) float64 {
	return min(r["PeerStructs/"+payload][unit], r["PeerMaps/"+payload][unit])
}
