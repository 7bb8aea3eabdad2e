package command

import (
	"fmt"

	"github.com/clerkknock/clerkknock/clerk/scenario"
	"github.com/spf13/cobra"
)

// played is a post of a scenario and what was answered.
type played struct {
	answer
	Note     string `json:"note,omitempty"`
	Expected []int  `json:"expected"`
	OK       bool   `json:"as_expected"`
}

// summary says how a scenario went.
type summary struct {
	Scenario   string         `json:"scenario"`
	Sent       int            `json:"sent"`
	AsExpected int            `json:"as_expected"`
	Answers    map[string]int `json:"answers"`
	Posts      []played       `json:"posts,omitempty"`
}

// play sends a scenario, one post after the other, and says at the end how it went.
func (s *send) play(c *cobra.Command) error {
	posts, err := scenario.New(s.scenario, scenario.Options{Seed: s.seed, Users: s.users})
	if err != nil {
		return err
	}
	out := c.OutOrStdout()
	sum := summary{Scenario: s.scenario, Answers: map[string]int{}}
	brief := len(posts) > 50 // then only what is not as expected has a line
	for _, post := range posts {
		a, err := s.post(c.Context(), post.Request(s.url, s.secret))
		if err != nil {
			return fmt.Errorf("after %d of %d: %w", sum.Sent, len(posts), err)
		}
		a.ID, a.Type = post.ID, post.Type
		p := played{answer: a, Note: post.Note, Expected: post.Answers, OK: post.AsExpected(a.Status)}
		sum.count(p)
		if s.json {
			sum.Posts = append(sum.Posts, p)
		} else if !brief || !p.OK {
			mark := paint(out, green, "ok ")
			if !p.OK {
				mark = paint(out, red, "BAD")
			}
			if _, err := fmt.Fprintf(out, "%s  %d  %-30s  %s\n", mark, a.Status, a.Type, p.Note); err != nil {
				return err
			}
		}
	}
	if s.json {
		err = printJSON(out, sum)
	} else {
		_, err = fmt.Fprintf(out, "%s: %d sent, %d answered as expected\n", sum.Scenario, sum.Sent, sum.AsExpected)
	}
	if err == nil && sum.AsExpected < sum.Sent {
		return fmt.Errorf("%d of %d answers are not the expected ones", sum.Sent-sum.AsExpected, sum.Sent)
	}
	return err
}

func (s *summary) count(p played) {
	s.Sent++
	s.Answers[fmt.Sprint(p.Status)]++
	if p.OK {
		s.AsExpected++
	}
}
