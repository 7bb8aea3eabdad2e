package clerk_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
)

func TestTimeReadsWhatClerkWrites(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{
		"1654012591514":               "2022-05-31T15:56:31.514Z",
		"1654012591514.4":             "2022-05-31T15:56:31.514Z",
		"1.654012591514e12":           "2022-05-31T15:56:31.514Z",
		"1654012591":                  "2022-05-31T15:56:31Z",
		"1654012591.514":              "2022-05-31T15:56:31.514Z",
		"99999999999":                 "5138-11-16T09:46:39Z",
		"100000000000":                "1973-03-03T09:46:40Z",
		`"1654012591514"`:             "2022-05-31T15:56:31.514Z",
		`"1654012591"`:                "2022-05-31T15:56:31Z",
		`"2022-05-31T17:56:31+02:00"`: "2022-05-31T15:56:31Z",
		`"2022-05-31T15:56:31.514Z"`:  "2022-05-31T15:56:31.514Z",

		"0": "", "null": "", `""`: "", "-1": "", "-62135596800000": "", "253402300800000": "", "1e999": "",
		`"soon"`: "", `"NaN"`: "", `"Inf"`: "", `"2022-13-01T00:00:00Z"`: "", "true": "", "{}": "", "[1654012591514]": "",
	} {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			var holder struct {
				Before string
				At     clerk.Time
				After  string
			}
			require.NoError(t, json.Unmarshal([]byte(`{"Before":"b","At":`+wire+`,"After":"a"}`), &holder))
			assert.Equal(t, "ba", holder.Before+holder.After, "%s costs nothing else")
			if want == "" {
				assert.True(t, holder.At.IsZero())
				return
			}
			assert.Equal(t, want, holder.At.Format(time.RFC3339Nano))
			assert.Equal(t, time.UTC, holder.At.Location())
		})
	}
}

func TestTimeWritesWhatItReads(t *testing.T) {
	t.Parallel()
	at := clerk.Time{Time: time.Date(2022, 5, 31, 17, 56, 31, 514e6, time.FixedZone("", 7200))}
	encoded, err := json.Marshal([]clerk.Time{at, {}})
	require.NoError(t, err)
	assert.Equal(t, "[1654012591514,null]", string(encoded))

	decoded := []clerk.Time{{}, at}
	require.NoError(t, json.Unmarshal(encoded, &decoded))
	assert.True(t, decoded[0].Equal(at.Time))
	assert.True(t, decoded[1].IsZero())
}
