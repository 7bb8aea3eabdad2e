package clerk

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Time is a point in time in a payload, where Clerk writes it as milliseconds
// since 1970. The zero Time means absent, null or unreadable; see IsZero.
type Time struct {
	// Time is the moment in UTC, to the millisecond.
	time.Time
}

// UnmarshalJSON reads milliseconds since 1970, or seconds if the number is below
// 1e11, as a number or as a string, and RFC 3339. A date or a time without a zone
// is taken to be in UTC. Everything else gives the zero
// time and no error, so that one odd time never costs the rest of a payload. So
// do numbers that are not positive: billing has sent negative ones for "never"
// (https://github.com/clerk/javascript/pull/7699).
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = ParseTime(string(data))
	return nil
}

// MarshalJSON writes milliseconds since 1970, and null for the zero time.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, t.UnixMilli(), 10), nil
}

const (
	// firstMilli separates the two units: as seconds it lies in the year 5138, as
	// milliseconds in 1973, before Clerk.
	firstMilli = 1e11
	// endOfMillis is the first millisecond of the year 10000, which RFC 3339 cannot
	// write any more.
	endOfMillis = 253402300800000
)

// ParseTime reads a JSON value as described at [Time.UnmarshalJSON]. It is the one
// reading of Clerk's times: in typed payloads, in an envelope, in mappings.
func ParseTime(raw string) time.Time {
	raw = strings.Trim(raw, `"`)
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return parseDate(raw)
	}
	if n < firstMilli {
		n *= 1000
	}
	if n = math.Round(n); n > 0 && n < endOfMillis {
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.Time{}
}

// parseDate reads RFC 3339, with the parts that other writers of it leave out.
func parseDate(s string) time.Time {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
