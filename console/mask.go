package console

import (
	"regexp"
	"strings"
)

// exposure is how much of a payload somebody has asked for.
type exposure int

const (
	masked exposure = iota
	// personal shows personal data, and no secrets.
	personal
	// everything shows secrets, too.
	everything
)

// secrets are members that let their holder in, or that people were promised to keep
// private. Their values are masked as a whole.
var secrets = map[string]bool{
	"private_metadata": true, "otp_code": true, "backup_codes": true, "body": true, "body_plain": true, "subject": true,
	"message": true, "url": true, "nonce": true, "ticket": true, "tokens": true, "channel_data": true, "connections": true,
}

var secretWords = []string{"password", "secret", "token", "credential", "private_key", "api_key"}

func isSecret(name string) bool {
	if secrets[name] {
		return true
	}
	for _, word := range secretWords {
		if strings.Contains(strings.ToLower(name), word) {
			return true
		}
	}
	return false
}

// plain are members whose values say nothing of a person. Everything else is masked: a
// field that Clerk adds tomorrow is personal until somebody has looked at it.
var plain = map[string]bool{
	"type": true, "object": true, "id": true, "external_id": true, "status": true, "strategy": true, "role": true,
	"provider": true, "protocol": true, "timestamp": true, "collection": true, "key": true, "currency": true,
	"interval": true, "channel": true, "device_type": true, "locale": true, "timezone": true, "enrollment_mode": true,
	"attempts": true, "members_count": true, "max_allowed_memberships": true, "pending_invitations_count": true,
}

// clerkID is an ID that Clerk has made, and no name or address.
var clerkID = regexp.MustCompile(`^[a-z]{2,12}_[A-Za-z0-9]{8,64}$`)

// free are objects whose members are named by the host, so that no name says what is in.
func isFree(name string) bool { return strings.HasSuffix(name, "metadata") || name == "properties" }

// isPlain reports whether a value may be seen by its member's name and, for IDs that stand
// alone, by its form. Null and nothing tell nothing of anybody.
func isPlain(name, raw string, inFree bool) bool {
	switch raw {
	case "null", `""`, "[]", "{}":
		return true
	case "true", "false":
		return !inFree
	}
	if inFree {
		return false
	}
	if plain[name] || strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_at_ms") {
		return true
	}
	return len(raw) > 2 && raw[0] == '"' && clerkID.MatchString(raw[1:len(raw)-1])
}
