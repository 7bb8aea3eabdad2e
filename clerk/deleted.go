package clerk

// DeletedObject is what is left of a user, organization or domain when it was
// deleted: an id, and neither a name nor an address.
type DeletedObject struct {
	// Object is what was deleted: "user", "organization", "organization_domain". The
	// event's type says it more reliably.
	Object string `json:"object"`
	// ID is Clerk's id of what was deleted. Clerk documents it as optional and always
	// sends it.
	ID string `json:"id"`
	// Slug may be sent for an organization, "" otherwise.
	Slug string `json:"slug"`
	// ExternalID is your own id of a deleted user, "" when none was set and in events
	// before November 2025 (https://github.com/clerk/javascript/pull/7209).
	ExternalID string `json:"external_id"`
	// Deleted is true.
	Deleted bool `json:"deleted"`
}
