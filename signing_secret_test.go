package clerkknock_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

func TestVerifyAcceptsAnyOfSeveralSecrets(t *testing.T) {
	t.Parallel()
	const other = "whsec_dGVzdF9zaWduaW5nX3NlY3JldF8zMl9jaGFyc19sb25n"
	both := verifier(t, vectorTime, other, vectorSecret)
	require.NoError(t, both.Verify([]byte(vectorBody), vectorHeaders(vectorSignature)))
	require.NoError(t, both.Verify([]byte(vectorBody), vectorHeaders(sign(other, vectorID, vectorTime, vectorBody))))
	alone := verifier(t, vectorTime, other)
	require.ErrorIs(t, alone.Verify([]byte(vectorBody), vectorHeaders(vectorSignature)), clerkknock.ErrNoMatch)
}

func TestNewVerifierReadsSecretsAsPeoplePasteThem(t *testing.T) {
	t.Parallel()
	bare := strings.TrimPrefix(vectorSecret, "whsec_")
	for name, secret := range map[string]string{
		"with prefix": vectorSecret, "without prefix": bare, "space around": " \t" + vectorSecret + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verifier(t, vectorTime, secret)
			require.NoError(t, v.Verify([]byte(vectorBody), vectorHeaders(vectorSignature)))
		})
	}
	for _, size := range []int{23, 24, 25, 64} {
		t.Run(fmt.Sprint("unpadded, ", size, " bytes"), func(t *testing.T) {
			t.Parallel()
			key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, size))
			v := verifier(t, vectorTime, "whsec_"+strings.TrimRight(key, "="))
			require.NoError(t, v.Verify([]byte(vectorBody), vectorHeaders(sign("whsec_"+key, vectorID, vectorTime, vectorBody))))
		})
	}
}

func TestNewVerifierFailsClosedAndKeepsTheSecretToItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secrets []string
		says    string
	}{
		"none":              {nil, "none given"},
		"empty":             {[]string{""}, "is empty"},
		"blank":             {[]string{"  "}, "is empty"},
		"prefix alone":      {[]string{"whsec_"}, "is empty"},
		"padding alone":     {[]string{"whsec_=="}, "is empty"},
		"not base64":        {[]string{"whsec_se cret!"}, "is not base64"},
		"URL alphabet":      {[]string{"whsec_se-cret_secret"}, "is not base64"},
		"a signature's v1":  {[]string{"v1,whsec_c2VjcmV0c2VjcmV0"}, `from "whsec_" on`},
		"a mere word":       {[]string{"changeme"}, "too short"},
		"asymmetric secret": {[]string{"whsk_c2VjcmV0c2VjcmV0"}, "asymmetric"},
		"an API key":        {[]string{"sk_test_c2VjcmV0c2VjcmV0"}, "API key"},
		"second of two":     {[]string{vectorSecret, "whsec_secret!"}, "number 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.NewVerifier(c.secrets...)
			require.ErrorContains(t, err, "unusable signing secret")
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "cret!")
			require.NotContains(t, err.Error(), "c2VjcmV0")
		})
	}
}
