package clerk

// WaitlistStatus is what became of a waitlist entry. Clerk may add values.
type WaitlistStatus string

const (
	// WaitlistPending means that nothing was decided yet.
	WaitlistPending WaitlistStatus = "pending"
	// WaitlistInvited means that an invitation was sent.
	WaitlistInvited WaitlistStatus = "invited"
	// WaitlistRejected means that the entry was turned down.
	WaitlistRejected WaitlistStatus = "rejected"
	// WaitlistCompleted means that the invitation was accepted.
	WaitlistCompleted WaitlistStatus = "completed"
)

// WaitlistEntry is the payload of both waitlistEntry events.
type WaitlistEntry struct {
	// Object is "waitlist_entry", in Clerk's examples "waitlistEntry".
	Object string `json:"object"`
	// ID is Clerk's id of the entry (wle_...).
	ID string `json:"id"`
	// EmailAddress is who waits.
	EmailAddress string `json:"email_address"`
	// Status is what became of the entry.
	Status WaitlistStatus `json:"status"`
	// IsLocked is true when the entry is locked; false when not sent.
	IsLocked bool `json:"is_locked"`
	// CreatedAt is when the entry was made.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the entry last changed.
	UpdatedAt Time `json:"updated_at"`
	// Invitation is the invitation that was sent, nil before that.
	Invitation *Invitation `json:"invitation"`
}
