// Package console is a page for people: what came from Clerk, what became of it in Knock,
// and why. It answers within a minute why a person was not identified, not notified, or
// notified twice.
//
// [Handler] makes one http.Handler. A host mounts it behind its own login, under any path:
//
//	events := &eventlog.Memory{}
//	src, err := clerkknock.New(clerkknock.Config{…, Observers: []clerkknock.Observer{events}})
//	page, err := console.Handler(console.Config{
//		Source: src,
//		Log:    events,
//		Authorize: func(r *http.Request) (who string, ok bool) {
//			user := session.User(r) // the host's own login
//			return user.Email, user.IsOperator
//		},
//	})
//	mux.Handle("/admin/clerk/", page)
//
// # The tour
//
// The overview says when the last event came, how many come, what waits, what has failed,
// and why requests were refused. The list of events says of each in words what happened,
// and takes any ID into its search: that of a message, a user, an organization, a
// membership, a session. An event shows its way, attempt by attempt, with the requests to
// Knock as they were and as they would be today. A person, or an organization, shows all
// events about it in the order of its own time: which one was stale, and because of which
// other; what Knock should hold now.
//
// The mappings show where each parameter comes from, and what that is in a sample or in an
// event that came: present, null or missing, and why. A changed table is tried on the events
// of the past, and any payload is rehearsed; neither sends anything. What has failed is
// replayed by today's mappings, or as it was planned then, one or all that a filter selects:
// the console says first what it will do, and to how many. Config.SwitchMappings lets people
// enable and disable mappings, in this process and until it ends.
//
// # With an inbox
//
// An Inbox of module inbox is a [Queue]:
//
//	console.Config{…, Log: box.EventLog(), Queue: box.Queue()}
//
// # Where it is mounted
//
// All links are relative, so that the console works behind a proxy that takes a prefix off,
// and within http.StripPrefix. Under a pattern of http.ServeMux, such as "/admin/clerk/",
// it takes the prefix off by itself. Other routers need http.StripPrefix.
//
// # Safety
//
// Without Config.Authorize every page is a 403 that says so; [Loopback] opens the console on
// a developer's own machine. A request that changes something must come from the console's
// own pages, as http.CrossOriginProtection checks it. No script and no style is inline, and
// the Content-Security-Policy allows none. Personal data in payloads is masked until
// somebody asks for it, which is logged; Config.HidePayloads shows none. Pages work without
// JavaScript. With it they are live by one stream of server-sent events a tab.
package console
