package main_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// pipeline is what the library does with a body up to what it sends to Knock:
// verify, parse, plan, render.
func pipeline(
	ctx context.Context, v clerkknock.Verifier, m *clerkknock.Mapper,
	body []byte, header http.Header, send func(knock.Request),
) error {
	if err := v.Verify(body, header); err != nil {
		return err
	}
	steps, err := m.Rehearse(ctx, clerkknock.Delivery{ID: header.Get("Svix-Id"), Header: header, Body: body})
	if err != nil {
		return err
	}
	for _, step := range steps {
		if step.Err != nil || step.Skip != "" {
			return errors.Join(step.Err, errors.New(step.Skip))
		}
		requests, err := knock.Render(clerkknock.Invocation{
			Action: step.Action, MappingID: step.Mapping, IdempotencyKey: step.IdempotencyKey,
		})
		if err != nil {
			return err
		}
		for _, r := range requests {
			send(r)
		}
	}
	return nil
}

func unsent(knock.Request) {}

// The floor is what nobody can go below who has to check a signature over the
// whole body and to trust that it is JSON.
func BenchmarkFloor(b *testing.B) {
	each(b, func(b *testing.B, p payload) {
		for b.Loop() {
			if !floor(p.body) {
				b.Fatal("no JSON")
			}
		}
	})
}

func floor(body []byte) bool {
	return sha256.Sum256(body) != [sha256.Size]byte{} && json.Valid(body)
}

func BenchmarkVerify(b *testing.B) {
	v := newVerifier(b)
	each(b, func(b *testing.B, p payload) {
		for b.Loop() {
			if err := v.Verify(p.body, p.header); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The same body and headers, verified by svix's library alone.
func BenchmarkVerifySvix(b *testing.B) {
	webhook := mustWebhook()
	each(b, func(b *testing.B, p payload) {
		for b.Loop() {
			if err := webhook.VerifyIgnoringTimestamp(p.body, p.header); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	each(b, func(b *testing.B, p payload) {
		for b.Loop() {
			if _, err := clerk.Parse(p.body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Plan includes Parse.
func BenchmarkPlan(b *testing.B) {
	m := newMapper()
	each(b, func(b *testing.B, p payload) {
		d := clerkknock.Delivery{ID: "msg_1", Header: p.header, Body: p.body}
		for b.Loop() {
			if _, err := m.Rehearse(b.Context(), d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	m := newMapper()
	each(b, func(b *testing.B, p payload) {
		steps, err := m.Rehearse(b.Context(), clerkknock.Delivery{ID: "msg_1", Header: p.header, Body: p.body})
		require.NoError(b, err)
		require.Len(b, steps, 1)
		inv := clerkknock.Invocation{Action: steps[0].Action, IdempotencyKey: steps[0].IdempotencyKey}
		for b.Loop() {
			if _, err := knock.Render(inv); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPipeline(b *testing.B) {
	v, m := newVerifier(b), newMapper()
	each(b, func(b *testing.B, p payload) {
		for b.Loop() {
			if err := pipeline(b.Context(), v, m, p.body, p.header, unsent); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPeerStructs(b *testing.B) { benchmarkPeer(b, peers["structs"]) }
func BenchmarkPeerMaps(b *testing.B)    { benchmarkPeer(b, peers["maps"]) }

func benchmarkPeer(b *testing.B, do peer) {
	each(b, func(b *testing.B, p payload) {
		for b.Loop() {
			if _, err := do(p.body, p.header); err != nil {
				b.Fatal(err)
			}
		}
	})
}
