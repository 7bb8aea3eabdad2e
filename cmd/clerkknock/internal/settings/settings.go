// Package settings reads what the commands are told by the environment and by files.
package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The names of the variables. Each has a twin that ends in _FILE.
const (
	Secret   = "CLERK_WEBHOOK_SIGNING_SECRET"
	Key      = "KNOCK_API_KEY"
	BaseURL  = "KNOCK_BASE_URL"
	Database = "DATABASE_URL"
	Token    = "KNOCK_SERVICE_TOKEN"
	Console  = "CLERKKNOCK_CONSOLE_TOKEN"
)

// DevSecret is the signing secret of "dev", where none is set. Everybody knows it: it is
// for receivers that only this machine reaches, in front of a Knock that is none.
const DevSecret = "whsec_Y2xlcmtrbm9jayBkZXY6IG5vIHNlY3JldA=="

// maxValue is the longest value that a file of one may hold.
const maxValue = 64 << 10

// MaxFile is the longest file of events or mappings that is read.
const MaxFile = 16 << 20

// Value is what a variable says, or the file that its twin names, or "". A file that
// is named on the command line comes before both.
func Value(name, file string) (string, error) {
	value, twin := os.Getenv(name), os.Getenv(name+"_FILE")
	if file == "" && value != "" && twin != "" {
		return "", fmt.Errorf("%s and %s_FILE are both set; unset one of them", name, name)
	}
	if file == "" {
		file = twin
	}
	if file == "" {
		return strings.TrimSpace(value), nil
	}
	data, err := ReadFile(file, maxValue)
	if err != nil {
		return "", fmt.Errorf("cannot read the file of %s: %w", name, err)
	}
	if strings.TrimSpace(string(data)) == "" {
		return "", fmt.Errorf("the file of %s is empty: %s", name, file)
	}
	return strings.TrimSpace(string(data)), nil
}

// Secrets are the signing secrets, from the environment or from a file: several are
// separated by commas or lines. None is an empty list.
func Secrets(file string) ([]string, error) {
	value, err := Value(Secret, file)
	if err != nil || value == "" {
		return nil, err
	}
	// A comma also stands in "v1,whsec_…", which is a mistake to be explained and not
	// two secrets.
	value = strings.ReplaceAll(value, "v1,", "v1\x00")
	var secrets []string
	for _, s := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '\n' }) {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\x00", ",")); s != "" {
			secrets = append(secrets, s)
		}
	}
	return secrets, nil
}

// ReadFile reads a file of at most so many bytes; "-" is standard input.
func ReadFile(path string, most int64) ([]byte, error) {
	if path == "-" {
		return readAll(os.Stdin, "standard input", most)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.New(path + " is a folder; name a file")
	}
	return readAll(file, path, most)
}

func readAll(r io.Reader, name string, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s has more than %d bytes, the most that is read", name, most)
	}
	return data, err
}
