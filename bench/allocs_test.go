package main_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// Allocations are the same on every machine, so a change that adds some is seen
// here and not in a noisy time. The bounds are what was measured, with room for
// another version of Go; lower them when the code gets better.
func TestAllocationsStayWithinTheirBounds(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes allocations of its own")
	}
	v, m, src := newVerifier(t), newMapper(), newSource(t, rendering)
	for _, bound := range []struct {
		payload                                        string
		verify, parse, plan, render, pipeline, handler float64
	}{
		{"user-1kB", 21, 2, 7, 5, 32, 60},
		{"session-3kB", 21, 2, 7, 9, 36, 67},
		{"user-20kB", 21, 2, 7, 5, 32, 60},
	} {
		p := read(t, bound.payload)
		d := clerkknock.Delivery{ID: "msg_1", Header: p.header, Body: p.body}
		steps, err := m.Plan(t.Context(), d)
		require.NoError(t, err)
		inv := clerkknock.Invocation{Action: steps[0].Action, IdempotencyKey: steps[0].IdempotencyKey}
		ctx := t.Context()
		headers, next := allSigned(p), 0

		check := func(layer string, bound float64, f func() error) {
			require.NoError(t, f())
			got := testing.AllocsPerRun(200, func() { _ = f() })
			t.Logf("%s of %s: %v", layer, p.name, got)
			require.LessOrEqual(t, got, bound, "allocations of %s of %s", layer, p.name)
		}
		check("verify", bound.verify, func() error { return v.Verify(p.body, p.header) })
		check("parse", bound.parse, func() error { _, err := clerk.Parse(p.body); return err })
		check("plan", bound.plan, func() error { _, err := m.Plan(ctx, d); return err })
		check("render", bound.render, func() error { _, err := knock.Render(inv); return err })
		check("pipeline", bound.pipeline, func() error { return pipeline(ctx, v, m, p.body, p.header, unsent) })
		check("handler", bound.handler, func() error {
			next++
			src.ServeHTTP(discard{}, &http.Request{
				Method: http.MethodPost, Header: headers[next], ContentLength: int64(len(p.body)), Body: io.NopCloser(bytes.NewReader(p.body)),
			})
			return nil
		})
	}
}

// A larger body is not a reason for more allocations.
func TestAllocationsDoNotGrowWithTheBody(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes allocations of its own")
	}
	v, m := newVerifier(t), newMapper()
	of := func(size int) float64 {
		p := newPayload("", padded(size))
		return testing.AllocsPerRun(20, func() {
			require.NoError(t, pipeline(t.Context(), v, m, p.body, p.header, unsent))
		})
	}
	// The metadata's keys are told apart in a map, which grows a few times.
	require.InDelta(t, of(8<<10), of(512<<10), 32)
}
