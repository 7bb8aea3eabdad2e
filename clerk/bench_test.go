package clerk_test

import (
	"testing"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func BenchmarkParse(b *testing.B) {
	body := clerktest.Captured()["user.created"]
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := clerk.Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	body := clerktest.Captured()["user.created"]
	e, err := clerk.Parse(body)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := clerk.Decode(e, clerk.UserCreated); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEntityAndVersion(b *testing.B) {
	e, err := clerk.Parse(clerktest.Captured()["organizationMembership.created"])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if e.Entity() == "" || e.ChangedAt().IsZero() {
			b.Fatal("not read")
		}
	}
}
