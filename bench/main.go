// Command bench runs the benchmarks of this directory and prints, as Markdown,
// what they say in relation to each other:
//
//	go run ./bench
//
// Every figure is a median over several runs, and every ratio is the median of
// the ratios within a run: a machine that is busy for a while slows both sides.
// Of -count runs each takes about a minute. It needs no network but loopback.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	count := flag.Int("count", 5, "how often everything is run")
	benchtime := flag.String("benchtime", "200ms", "time for each benchmark in a run")
	flag.Parse()
	runs, err := runAll(*count, *benchtime)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	fmt.Printf("%s, %s/%s, %d CPUs, commit %s, %d runs of %s for each benchmark\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), commit(), *count, *benchtime)
	report(os.Stdout, runs)
}

// runAll compiles the benchmarks once and runs all of them again and again, so
// that what is compared lies close together in time.
func runAll(count int, benchtime string) ([]run, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "bench.test")
	compile := exec.Command("go", "test", "-c", "-o", binary, "github.com/clerkknock/clerkknock/bench")
	if out, err := compile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	var runs []run
	for i := range count {
		fmt.Fprintf(os.Stderr, "run %d of %d\n", i+1, count)
		var output bytes.Buffer
		// Calls that wait for a server need longer to fill all that are in flight, and
		// large bodies to meet the garbage collector as often as small ones.
		for _, args := range [][]string{
			{"-test.bench=.", "-test.skip=Executor|Size", "-test.benchtime=" + benchtime},
			{"-test.bench=Executor|Size", "-test.benchtime=500ms"},
		} {
			cmd := exec.Command(binary, append(args, "-test.run=^$", "-test.benchmem")...)
			cmd.Stdout, cmd.Stderr = &output, os.Stderr
			if err := cmd.Run(); err != nil {
				return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, &output)
			}
		}
		runs = append(runs, parse(&output))
	}
	return runs, nil
}

func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
