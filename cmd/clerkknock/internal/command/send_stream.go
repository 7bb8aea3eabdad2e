package command

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/clerk/listen"
	"github.com/spf13/cobra"
)

// stream sends on what Clerk's listener prints, until that ends.
func (s *send) stream(c *cobra.Command) error {
	out, failed := c.OutOrStdout(), 0
	for d, err := range listen.Read(interruptible(c.Context(), c.InOrStdin())) {
		var a answer
		if err == nil {
			a, err = s.forward(c, d)
		}
		switch {
		case c.Context().Err() != nil:
			return c.Context().Err()
		case err != nil:
			failed++
			fmt.Fprintln(c.ErrOrStderr(), "clerkknock:", err)
			continue
		case a.Status >= 300:
			failed++
		}
		if s.json {
			err = printLine(out, a)
		} else {
			err = a.print(out)
		}
		if err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d deliveries were not accepted", failed)
	}
	return nil
}

func (s *send) forward(c *cobra.Command, d listen.Delivery) (answer, error) {
	if d.ID == "" {
		return answer{}, errors.New("a delivery has no svix-id, without which it cannot be signed")
	}
	var request *http.Request
	if s.asIs {
		var err error
		if request, err = http.NewRequest(http.MethodPost, s.url, bytes.NewReader(d.Body)); err != nil {
			return answer{}, withoutURL(err)
		}
		request.Header = d.Header.Clone()
		request.Header.Del("Host")
		request.Header.Del("Content-Length")
	} else {
		request = clerktest.NewRequest(s.url, s.secret, d.ID, time.Now(), d.Body)
	}
	a, err := s.post(c.Context(), request)
	a.ID = d.ID
	if e, parseErr := clerk.Parse(d.Body); parseErr == nil {
		a.Type = e.Type
	}
	return a, err
}
