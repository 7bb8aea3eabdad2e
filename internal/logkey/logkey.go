// Package logkey has the keys of attributes in log lines, so that one thing has
// one key in all of the project's packages. They are documented at the root
// package's Config.Logger.
package logkey

const (
	Action    = "action"
	Error     = "error"
	EventID   = "svix_id"
	EventType = "event_type"
	Mapping   = "mapping"
	Outcome   = "outcome"
	Status    = "status"
	Step      = "step"
)
