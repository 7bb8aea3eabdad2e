package listen_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk/listen"
)

func ExampleRead() {
	printed := `{"type":"ready","url":"https://webhooks.clerk.com/in/…/"}
{"type":"event","svix_id":"msg_1","headers":{"svix-id":"msg_1"},"body_b64":"eyJ0eXBlIjoidXNlci5jcmVhdGVkIn0="}
`
	for d, err := range listen.Read(strings.NewReader(printed)) {
		fmt.Println(d.ID, string(d.Body), err)
	}
	// Output:
	// msg_1 {"type":"user.created"} <nil>
}

func TestWhatIsNoDeliveryIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"no JSON":         `ready`,
		"no body":         `{"type":"event","svix_id":"msg_1"}`,
		"no base64":       `{"type":"event","body_b64":"{}"}`,
		"a header's type": `{"type":"event","headers":{"svix-id":1},"body_b64":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			printed := "\n" + line + "\n" + `{"body_b64":"e30=","headers":{"Svix-Id":["a"]}}`
			for d, err := range listen.Read(strings.NewReader(printed)) {
				if err != nil {
					got = append(got, err.Error())
					continue
				}
				got = append(got, d.ID)
			}
			require.Len(t, got, 2)
			assert.Contains(t, got[0], "line 2: ")
			assert.NotContains(t, got[0], line)
			assert.Equal(t, "a", got[1])
		})
	}
}

func TestALineWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	var last error
	for _, err := range listen.Read(io.LimitReader(endless{}, 2*listen.MaxLine)) {
		last = err
	}
	require.ErrorContains(t, last, "at most")
	for _, err := range listen.Read(iotest.ErrReader(io.ErrUnexpectedEOF)) {
		last = err
	}
	require.ErrorIs(t, last, io.ErrUnexpectedEOF)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
