package main

import (
	"fmt"
	"io"
	"math"
	"time"
)

// What Clerk's lists and Knock's bulk calls of subscriptions take:
// https://clerk.com/docs/reference/backend-api,
// https://docs.knock.app/api-reference/objects/bulk/add_subscriptions.
const (
	clerkPage       = 500
	clerkPerSecond  = 100 // 1,000 in ten seconds, in production
	objectsPerBulk  = 100
	membersPerBulk  = 5000
	membersPerWrite = 100
)

// instance is what there is to be filled in.
type instance struct{ users, organizations, memberships int }

// instances are companies with many members each, and small teams.
func instances() []instance {
	var all []instance
	for _, users := range []int{10_000, 100_000, 1_000_000} {
		all = append(all, instance{users, users / 50, 3 * users}, instance{users, users / 5, users})
	}
	return all
}

// pages is how often Clerk is asked. Lists without a cursor overlap by one.
func (in instance) pages() int {
	return in.users/clerkPage + 1 + in.organizations/(clerkPage-1) + 1 + in.memberships/(clerkPage-1) + 1
}

// subscriptions is how many calls carry the memberships, and how long they take: in bulk
// or singly, whichever is quicker. A tenth of the members, and one at least, are admins,
// who share no request with the others.
func (in instance) subscriptions() (calls int, seconds float64) {
	each := in.memberships / in.organizations
	admins := max(1, each/10)
	parts := in.organizations * (ceil(admins, membersPerWrite) + ceil(each-admins, membersPerWrite))
	bulk := max(ceil(parts, objectsPerBulk), ceil(in.memberships, membersPerBulk))
	if single := float64(parts) / writesPerSecond; single < float64(bulk) {
		return parts, single
	}
	return bulk, float64(bulk)
}

func ceil(n, by int) int { return int(math.Ceil(float64(n) / float64(by))) }

func printBackfill(w io.Writer) {
	fmt.Fprint(w, "users\torganizations\tmemberships\t"+
		"calls of Clerk\tat least\tcalls of Knock\tat least\tone by one\t\n")
	for _, in := range instances() {
		calls, seconds := in.subscriptions()
		bulk := ceil(in.users, bulkSize) + ceil(in.organizations, bulkSize)
		took := time.Duration((seconds + float64(bulk)) * float64(time.Second))
		one := queue(in.users+in.organizations+in.memberships, writesPerSecond)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", grouped(in.users), grouped(in.organizations),
			grouped(in.memberships), grouped(in.pages()), short(queue(in.pages(), clerkPerSecond)),
			grouped(bulk+calls), short(took), short(one))
	}
	fmt.Fprint(w, "\nReading and sending go on at the same time. "+
		"Each bulk call is asked three or four times whether it has\n"+
		"happened. A tenth of the members are admins.\n")
}
