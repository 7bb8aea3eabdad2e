package backfill

import "sync"

// progress knows up to where every record is finished. Records are begun in the order in
// which they are read, and finished in any.
type progress struct {
	mu    sync.Mutex
	done  Report // of the pages that are finished, and of earlier runs
	pages []*page
	// unfinished counts the records that are to be tried again by the next run.
	unfinished int
}

// page is what lies between two positions of the Reader's.
type page struct {
	position string // "" as long as it is not closed
	pending  int
	report   Report
	// again holds the page: a record has failed for now, and the next run begins with it.
	again bool
}

// begin notes a record, and returns its page.
func (p *progress) begin(r Record) *page {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pages) == 0 || p.pages[len(p.pages)-1].position != "" {
		p.pages = append(p.pages, &page{report: Report{Kinds: map[Kind]Counts{}}})
	}
	last := p.pages[len(p.pages)-1]
	last.pending++
	last.position = r.Position
	return last
}

// end notes what has become of a record, which is to be tried again or not. If the first
// pages are finished by that, it returns the state to save.
func (p *progress) end(in *page, result Result, again bool) (s State, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in.report.add(result)
	in.pending--
	if again {
		in.again = true
		p.unfinished++
	}
	for len(p.pages) > 0 && p.pages[0].pending == 0 && p.pages[0].position != "" && !p.pages[0].again {
		s.Position, more = p.pages[0].position, true
		p.done.merge(p.pages[0].report)
		p.pages = p.pages[1:]
	}
	if more {
		s.Report = p.done.clone()
	}
	return s, more
}

// total is the report with the pages that are not finished.
func (p *progress) total() Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.done.clone()
	for _, page := range p.pages {
		all.merge(page.report)
	}
	return all
}

// waiting is how many records are to be tried again.
func (p *progress) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unfinished
}
