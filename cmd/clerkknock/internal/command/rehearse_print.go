package command

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clerkknock/clerkknock"
)

// maxCell is the longest value that a table shows of a request, in characters; --json
// shows all.
const maxCell = 100

// printSteps prints the steps of an event as a person reads them: each with its
// requests, and what is in those.
func printSteps(w io.Writer, event string, steps []clerkknock.Step, off []string, short bool) error {
	if len(steps) == 0 {
		fmt.Fprintf(w, "Nothing is mapped to %s.\n", event)
	}
	for i, step := range steps {
		if i > 0 && !short {
			fmt.Fprintln(w)
		}
		if err := printStep(w, step, short); err != nil {
			return err
		}
	}
	if len(off) > 0 {
		_, err := fmt.Fprintf(w, "\nSwitched off: %s\n", strings.Join(off, ", "))
		return err
	}
	return nil
}

func printStep(w io.Writer, step clerkknock.Step, short bool) error {
	requests := requestsOf(step)
	switch {
	case step.Err != nil:
		fmt.Fprintf(w, "%s  %s\n", paint(w, bold, step.ID), paint(w, red, "fails: "+oneLine(step.Err.Error())))
	case step.Skip != "":
		fmt.Fprintf(w, "%s  %s\n", paint(w, bold, step.ID), paint(w, yellow, "does nothing: "+oneLine(step.Skip)))
	case len(requests) == 0:
		fmt.Fprintf(w, "%s  %s\n", paint(w, bold, step.ID), step.Action.Type)
	}
	for _, r := range requests {
		fmt.Fprintf(w, "%s  %s %s\n", paint(w, bold, step.ID), r.Method, oneLine(r.Path))
		if short {
			continue
		}
		if err := r.printBody(w); err != nil {
			return err
		}
	}
	for _, left := range step.LeftOut {
		fmt.Fprintf(w, "  %s\n", paint(w, yellow, "left out: "+oneLine(left)))
	}
	return nil
}

// request is what a step would send.
type request struct {
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Body    json.RawMessage `json:"body"`
	LeftOut []string        `json:"left_out"`
}

// requestsOf reads the requests in the attributes of a step, in the form in which it is
// encoded as JSON.
func requestsOf(step clerkknock.Step) []request {
	raw, err := json.Marshal(step)
	if err != nil {
		return nil
	}
	var shown struct {
		Attrs []struct {
			Request *request `json:"request"`
		} `json:"attrs"`
	}
	if json.Unmarshal(raw, &shown) != nil {
		return nil
	}
	var all []request
	for _, a := range shown.Attrs {
		if a.Request != nil {
			all = append(all, *a.Request)
		}
	}
	return all
}

// printBody prints the members of the body, one a line.
func (r request) printBody(w io.Writer) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(r.Body, &members) != nil {
		return nil
	}
	t := table{newTableWriter(w)}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		t.row("  "+name, clip(string(members[name])))
	}
	for _, name := range r.LeftOut {
		t.row("  "+name, "left out: a name of Knock's own")
	}
	return t.flush()
}

func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}
