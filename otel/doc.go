// Package otelclerkknock tells OpenTelemetry what becomes of Clerk's webhooks. It needs
// OpenTelemetry's API alone; which SDK and exporter there are is the host's affair:
//
//	telemetry, err := otelclerkknock.New(otelclerkknock.Config{})
//	src, err := clerkknock.New(clerkknock.Config{
//	    SigningSecrets: secrets, Executor: executor,
//	    Observers: []clerkknock.Observer{telemetry},
//	})
//
// # Spans
//
// An [Observer] is told when all is done. The spans are made then, with the times at which
// things began and ended:
//
//	store user.created        a request whose delivery went into the inbox
//	process user.created      an attempt at a delivery, by a request or an inbox's worker
//	  users_identify          a step, or handle for host code
//	    PUT users_identify    a call of Knock's API
//	refuse                    a request that was not accepted
//
// A step that was not executed is an event of its delivery's span, with the reason. A span
// has the delivery's svix-id, the mapping's ID, and Knock's IDs of the call. It has no text
// of an error, no path and no header, and nothing of the body. What a host's own executor
// notes is on its step's span, below clerkknock.noted, but for a "path"; a group "request"
// with the time "at" in it, as knock.Executor notes it, becomes a span.
//
// What a request does is a child of the span that the host has for it, such as that of
// otelhttp. What an inbox's worker does later is brought into the same trace by [Inbox].
//
// # Metrics
//
//	clerkknock.deliveries               what became of each attempt, by request or worker, event type and outcome
//	clerkknock.refusals                 requests that were not accepted, by reason and status
//	clerkknock.retries                  attempts of an inbox's worker after the first
//	clerkknock.steps                    what became of each step, by action and status
//	clerkknock.delivery.latency         seconds from the receipt of a delivery to its end
//	clerkknock.knock.request.duration   seconds that a call took, by action and status
//	clerkknock.knock.request.wait       seconds of that in which it waited for Knock's rate limit
//	clerkknock.knock.retries            further attempts at calls
//	clerkknock.inbox.backlog            deliveries that are not done, by state
//	clerkknock.inbox.dead               deliveries that have been given up
//	clerkknock.inbox.oldest.age         seconds since the oldest that is not done was put
//	clerkknock.knock.limit.used         part of a rate limit that is in use, by tier
//	clerkknock.knock.limit.waiting      calls that wait for their turn, by tier
//
// Those of the inbox need [Config].Backlog, those of the limits Config.Limits. Of an inbox
// that several processes share all of them say the same: take the greatest, not the sum.
//
// No metric has an ID for an attribute. Failures have error.type: the status that Knock
// answered, busy, timeout, canceled, or _OTHER.
package otelclerkknock
