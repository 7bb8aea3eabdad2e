package main

import "github.com/clerkknock/clerkknock"

// mapper is the default table with everything in it switched on, the extras
// aside: a deleted user is told to ops. Who is on the waitlist is not identified: the
// mapping for that is not active.
func mapper() *clerkknock.Mapper {
	return clerkknock.DefaultMapper().
		Set("user.deleted:workflows_trigger", clerkknock.Params{"recipients": clerkknock.Literal([]string{"ops"})}).
		Enable("user.deleted:workflows_trigger", "session.created:users_identify", "session.created:workflows_trigger").
		With(clerkknock.Mapping{
			Event: "waitlistEntry.created", Action: clerkknock.UsersIdentify, Inactive: true,
			Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "email": clerkknock.Path("data.email_address")},
		})
}
