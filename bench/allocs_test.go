//go:build !race

// The race detector makes allocations of its own.

package main_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
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
	v, m, src := newVerifier(t), newMapper(), newSource(t, rendering)
	for _, bound := range []struct {
		payload                                        string
		verify, parse, plan, render, pipeline, handler float64
	}{
		{"user-1kB", 21, 3, 31, 11, 62, 115},
		{"session-3kB", 21, 3, 23, 21, 72, 125},
		{"user-20kB", 21, 3, 32, 11, 63, 122},
	} {
		t.Run(bound.payload, func(t *testing.T) {
			p := read(t, bound.payload)
			d := clerkknock.Delivery{ID: "msg_1", Header: p.header, Body: p.body}
			steps, err := m.Rehearse(t.Context(), d)
			require.NoError(t, err)
			inv := clerkknock.Invocation{Action: steps[0].Action, IdempotencyKey: steps[0].IdempotencyKey}
			ctx := t.Context()
			all := p.deliveries()

			check := func(layer string, bound float64, f func() error) {
				require.NoError(t, f())
				got := testing.AllocsPerRun(200, func() { _ = f() })
				t.Logf("%s of %s: %v", layer, p.name, got)
				require.LessOrEqual(t, got, bound, "allocations of %s of %s", layer, p.name)
			}
			check("verify", bound.verify, func() error { return v.Verify(p.body, p.header) })
			check("parse", bound.parse, func() error { _, err := clerk.Parse(p.body); return err })
			check("plan", bound.plan, func() error { _, err := m.Rehearse(ctx, d); return err })
			check("render", bound.render, func() error { _, err := knock.Render(inv); return err })
			check("pipeline", bound.pipeline, func() error { return pipeline(ctx, v, m, p.body, p.header, unsent) })
			check("handler", bound.handler, func() error {
				src.ServeHTTP(discard{}, all.next().request())
				return nil
			})
		})
	}
}

// A larger body is not a reason for more allocations.
func TestAllocationsDoNotGrowWithTheBody(t *testing.T) {
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

// However long the ID is that a lookup looks for, each element costs what it is
// long itself.
func TestAllocationsOfALookupDoNotGrowWithTheLengthOfItsKey(t *testing.T) {
	m := clerkknock.DefaultMapper()
	of := func(elements int) uint64 {
		// An escape makes the ID one that has to be copied to be read.
		body := []byte(`{"type":"user.created","data":{"id":"u",` +
			`"primary_email_address_id":"\n` + strings.Repeat("x", 100_000) + `",` +
			`"email_addresses":[` + strings.Repeat(`{"id":"x"},`, elements) + `{}]}}`)
		return allocatedBytes(func() {
			require.NotContains(t, plan(t, m, body)[0].Action.Params, "email", "no element has this ID")
		})
	}
	require.Less(t, of(1000), 2*of(10))
}

// What one mapping has composed is gone when the next one's turn comes.
func TestAllocationsOfSeveralMappingsDoNotPileUp(t *testing.T) {
	body := fmt.Appendf(nil, `{"type":"user.created","data":{"id":"u","text":%q}}`, strings.Repeat("x", 100_000))
	of := func(mappings int) uint64 {
		m := clerkknock.NewMapper()
		for i := range mappings {
			m = m.With(clerkknock.Mapping{
				ID:     strconv.Itoa(i),
				Event:  "user.created",
				Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{
					"id":         clerkknock.Path("data.id"),
					"properties": clerkknock.Object(clerkknock.Params{"text": clerkknock.Path("data.text")}),
				},
			})
		}
		return allocatedBytes(func() { require.Len(t, plan(t, m, body), mappings) })
	}
	require.Less(t, of(10), 10*of(1), "a copy for each action, and one buffer for them all")
}

func plan(t testing.TB, m *clerkknock.Mapper, body []byte) []clerkknock.Step {
	steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: body})
	require.NoError(t, err)
	return steps
}

// allocatedBytes is what f allocates, on the average of some runs.
func allocatedBytes(f func()) uint64 {
	const runs = 20
	var before, after runtime.MemStats
	f()
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / runs
}
