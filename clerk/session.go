package clerk

import "encoding/json"

// SessionStatus is what became of a session. Clerk may add values.
type SessionStatus string

const (
	// SessionStatusActive means that the session is in use.
	SessionStatusActive SessionStatus = "active"
	// SessionStatusPending means that the user has something left to do first.
	SessionStatusPending SessionStatus = "pending"
	// SessionStatusRevoked means that the application ended the session.
	SessionStatusRevoked SessionStatus = "revoked"
	// SessionStatusEnded means that the user signed out.
	SessionStatusEnded SessionStatus = "ended"
	// SessionStatusExpired means that the time in which the session could be used is
	// over. No event is sent for that: it is seen in later events at most.
	SessionStatusExpired SessionStatus = "expired"
	// SessionStatusRemoved means that the user signed out and the browser forgot the
	// session.
	SessionStatusRemoved SessionStatus = "removed"
	// SessionStatusAbandoned means that the session was left unused for too long.
	SessionStatusAbandoned SessionStatus = "abandoned"
	// SessionStatusReplaced means that another session took its place.
	SessionStatusReplaced SessionStatus = "replaced"
)

// Session is the payload of every session event: a session together with its user.
type Session struct {
	// Object is "session".
	Object string `json:"object"`
	// ID is Clerk's id of the session (sess_...).
	ID string `json:"id"`
	// UserID is the user's id. It is there even when User is not.
	UserID string `json:"user_id"`
	// ClientID is Clerk's id of the browser or app (client_...).
	ClientID string `json:"client_id"`
	// Status is what became of the session.
	Status SessionStatus `json:"status"`
	// Actor is a JSON object that says who is impersonating the user, "null" or nil
	// when it is the user.
	Actor json.RawMessage `json:"actor"`
	// LastActiveOrganizationID is the organization last worked in, "" for none.
	LastActiveOrganizationID string `json:"last_active_organization_id"`
	// LastActiveAt is when the session was last used.
	LastActiveAt Time `json:"last_active_at"`
	// LatestActivity is where the session was last used, nil when unknown.
	LatestActivity *SessionActivity `json:"latest_activity"`
	// ExpireAt is when the session ends at the latest.
	ExpireAt Time `json:"expire_at"`
	// AbandonAt is when the session ends if it is not used.
	AbandonAt Time `json:"abandon_at"`
	// CreatedAt is when the user signed in.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the session last changed.
	UpdatedAt Time `json:"updated_at"`
	// User is the whole user, nil when Clerk does not send it, as before October 2025.
	User *User `json:"user"`
}

// SessionActivity is where a session was used.
type SessionActivity struct {
	// Object is "session_activity".
	Object string `json:"object"`
	// ID is Clerk's id of the activity (sess_activity_...).
	ID string `json:"id"`
	// DeviceType is the device, like "Macintosh"; "" when unknown.
	DeviceType string `json:"device_type"`
	// IsMobile is true for a phone or tablet.
	IsMobile bool `json:"is_mobile"`
	// BrowserName is "" when unknown.
	BrowserName string `json:"browser_name"`
	// BrowserVersion is "" when unknown.
	BrowserVersion string `json:"browser_version"`
	// IPAddress is the user's address, "" when unknown. Personal data.
	IPAddress string `json:"ip_address"`
	// City is the place by IP address, "" when unknown.
	City string `json:"city"`
	// Country is the country by IP address, "" when unknown.
	Country string `json:"country"`
}
