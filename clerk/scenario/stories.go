package scenario

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func signup(s *story) {
	s.happens(4*time.Second, "waitlistEntry.created", "")
	s.happens(3*time.Second, "waitlistEntry.updated", "she is invited")
	s.happens(2*time.Second, "user.created", "")
	s.happens(time.Second, "session.created", "")
	s.happens(0, "user.updated", "she completes her profile")
}

func organization(s *story) {
	s.happens(6*time.Second, "user.created", "")
	s.happens(5*time.Second, "organizationMembership.created", "before its organization, as it happens")
	s.happens(5*time.Second, "organization.created", "")
	s.happens(3*time.Second, "organizationInvitation.created", "")
	s.happens(2*time.Second, "organization.updated", "")
	s.happens(time.Second, "organizationMembership.updated", "another role")
}

func churn(s *story) {
	s.happens(7*time.Second, "user.created", "")
	s.happens(6*time.Second, "organization.created", "")
	s.happens(5*time.Second, "organizationMembership.created", "")
	s.happens(4*time.Second, "session.removed", "she signs out")
	s.happens(3*time.Second, "organizationMembership.deleted", "she leaves")
	s.happens(2*time.Second, "organization.deleted", "")
	s.happens(0, "user.deleted", "")
}

func imported(s *story) {
	body := clerktest.Event("user.created", clerktest.At(s.Now))
	for i := range s.Users {
		person := fmt.Sprint(i)
		s.posts = append(s.posts, Post{
			ID: s.id("msg_", person), Type: "user.created", Body: []byte(s.renamed(person).Replace(string(body))),
			SentAt: s.Now, Answers: accepted,
		})
	}
}

func chaos(s *story) {
	created := *s.happens(20*time.Second, "user.created", "")
	created.Note = "the same once more: nothing is done twice"
	s.posts = append(s.posts, created)
	s.happens(5*time.Second, "user.updated", "")
	s.happens(15*time.Second, "user.updated", "older than the one before: nothing goes back in time")
	s.happens(4*time.Second, "organizationMembership.created", "before its organization")
	s.happens(4*time.Second, "organization.created", "")
	s.happens(3*time.Second, "user.updated", "signed with another secret").
		refused(func(r *http.Request) { resign(r, "whsec_YW5vdGhlciBzZWNyZXQgb2Ygbm9ib2R5") }, http.StatusUnauthorized)
	s.happens(3*time.Second, "user.updated", "changed after it was signed").
		refused(func(r *http.Request) { change(r, bytes.ToUpper) }, http.StatusUnauthorized)
	s.happens(3*time.Second, "user.updated", "without a signature").
		refused(func(r *http.Request) { r.Header.Del("svix-signature") }, http.StatusBadRequest)
	late := s.happens(3*time.Second, "user.updated", "signed an hour ago: a replay by a stranger")
	late.SentAt = s.Now.Add(-time.Hour)
	late.refused(nil, http.StatusUnauthorized)
	odd := s.happens(2*time.Second, "user.updated", "no event, but signed")
	odd.Type, odd.Body = "", []byte("[]")
	odd.refused(nil, http.StatusBadRequest)
	s.happens(2*time.Second, "user.updated", "a type that nobody knows yet", clerktest.Set("type", "user.teleported")).
		Type = "user.teleported"
	s.happens(0, "user.deleted", "")
	s.happens(10*time.Second, "user.updated", "late, after the deletion: nobody comes back")
}

// resign signs the request with another secret.
func resign(r *http.Request, secret string) {
	body, _ := r.GetBody()
	sent, _ := io.ReadAll(body)
	r.Header = clerktest.Sign(secret, r.Header.Get("svix-id"), time.Now(), sent)
}

// change sends another body than the one that is signed.
func change(r *http.Request, to func([]byte) []byte) {
	body, _ := r.GetBody()
	sent, _ := io.ReadAll(body)
	sent = to(sent)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(sent)), int64(len(sent))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
}
