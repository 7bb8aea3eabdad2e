// Package knocktest emulates a Knock environment for tests: a testing tool for
// your own suite too, whatever client it calls Knock with.
//
// An [API] is an http.Handler that remembers what it is told. Serve it, point a
// client at it, and look at what has become of the calls:
//
//	api := knocktest.New(knocktest.Config{})
//	srv := httptest.NewServer(api)
//	defer srv.Close()
//	// … the code under test calls srv.URL with any "sk_…" key …
//	user, ok := api.User("user_1")
//	triggers := api.Triggers()
//
// # What it does
//
// Users, tenants, objects, their preferences and channel data, subscriptions,
// audiences and workflow triggers, with their lists and their bulk calls, behave
// as https://docs.knock.app says: identifying is a deep merge that removes nothing,
// a recipient given as an object is identified on the way, one given as a string is
// not, a trigger with a known idempotency key is replayed for 24 hours, a call
// beyond a limit is refused with Knock's error. No message is ever sent: a [Trigger]
// says for whom the workflow would have run. Preferences are kept and shown, and
// keep no workflow from running.
//
// Time is [Config].Now, generated IDs are counted, lists have an order: a test
// that does the same twice sees the same twice. [API.Snapshot] is all of the
// state, in a form that can be compared and read.
//
// # Failing on purpose
//
// [API.Fail] adds a [Fault]. It picks requests by method, path, count or chance,
// and makes them slow, unanswered, broken off, or answered with any status: before
// they have had their effect or, with AfterEffect, after it, which is the case
// that retries are written for.
//
//	api.Fail(knocktest.Fault{Path: "/v1/users/*", Times: 2, Status: 503})
//	api.Fail(knocktest.Fault{Method: "POST", AfterEffect: true, Reset: true})
//
// [API.FailItems] does it to single items of bulk operations, and [Config].BulkTakes
// makes these slow: what was called later is then done earlier.
//
// [Config].EnforceRateLimits switches Knock's rate limits on.
//
// # IDs in paths
//
// A path is taken apart as a proxy and Knock's own router would: a client that
// forgets to escape an ID such as "../tenants/org_1" really does hit the tenant,
// and [API.Requests] shows what was sent.
//
// # Where the documentation is silent
//
// The emulator then takes the reading that finds more mistakes:
//
//   - Deleting or unsetting what does not exist is 204, or 404 with
//     [Config].MissingDeletes404.
//   - Setting the preferences of a user who does not exist is 404. Knock documents that
//     those of an object, and all channel data, make what does not exist.
//   - A tenant's settings.preference_set is merged, unless it asks to be replaced. The
//     answer shows it as it is, whatever resolve_full_preference_settings says.
//   - Subscribing someone who does not exist by a string is 422, and nothing of the
//     call happens. To a missing object it is 404, as is unsubscribing from one.
//   - Properties that are sent with an existing subscription replace its old ones.
//   - An empty list of recipients, members or items is 422.
//   - A trigger with an unknown actor or an inactive workflow is 422, one with an
//     unknown workflow 404.
//   - A body without a JSON content type is 415, one of more than 10 MB 413.
//   - A rate limit holds for each second of the clock; 429 comes without Retry-After.
//   - Bulk operations happen when they are polled for the second time or, with
//     BulkTakes, at their time; and all of them when the state is read from Go.
//   - Two triggers with the same idempotency key at the same time: one is carried
//     out, the other is its replay. The real service may carry out both.
package knocktest
