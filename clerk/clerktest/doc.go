// Package clerktest has what tests of a webhook receiver need: a realistic event
// of every type, and requests that are signed the way Clerk's are.
//
//	body := clerktest.Event(clerk.UserCreated, clerktest.Set("data.first_name", nil))
//	request := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body)
//	recorder := httptest.NewRecorder()
//	handler.ServeHTTP(recorder, request)
//
// The events of Event tell one story with rising times: Ada signs up, founds an
// organization, changes her profile, and is deleted in the end. Her ids and those of
// her organization, such as UserID and OrganizationID, are the same in all of them, so
// that they can be played one after another. Everything in them is made up, and all addresses and numbers are from the
// ranges that are reserved for examples.
//
// A [Backend] is the part of Clerk's Backend API that lists who is there: for code that
// reads the users, organizations and memberships of an instance, page by page.
//
// What is wrong in a test should stop it: the functions of this package panic when
// they are used wrongly.
package clerktest
