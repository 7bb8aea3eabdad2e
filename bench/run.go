package main

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// run holds the figures of one run of all benchmarks: by the benchmark's name
// without "Benchmark", and then by unit, such as "ns/op".
type run map[string]map[string]float64

// cpus is the suffix that go test gives to the names.
var cpus = regexp.MustCompile(`-\d+$`)

// parse reads what go test -bench prints: name, iterations, then pairs of value
// and unit.
func parse(r io.Reader) run {
	figures := run{}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := cpus.ReplaceAllString(strings.TrimPrefix(fields[0], "Benchmark"), "")
		figures[name] = map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				figures[name][fields[i+1]] = value
			}
		}
	}
	return figures
}

// median is the median of a figure over the runs.
func median(runs []run, name, unit string) float64 {
	return middle(runs, func(r run) float64 { return r[name][unit] })
}

// ratio is the median of the ratios within each run.
func ratio(runs []run, name, to, unit string) float64 {
	return middle(runs, func(r run) float64 { return r[name][unit] / r[to][unit] })
}

func middle(runs []run, of func(run) float64) float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 0
	}
	return values[len(values)/2]
}
