package backfill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a Checkpoint in a file with this name, which is made when it is first saved and
// removed by the zero State. Only its owner may read it: it names users. One run at a time
// may use it.
func File(name string) Checkpoint { return file(name) }

type file string

func (f file) Load(context.Context) (State, error) {
	var s State
	data, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return State{}, fmt.Errorf("checkpoint cannot be read; remove the file to begin at the beginning: %w", err)
	}
	return s, nil
}

func (f file) Save(_ context.Context, s State) error {
	if s.Position == "" {
		if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("checkpoint cannot be removed: %w", err)
		}
		return nil
	}
	data, err := json.Marshal(s)
	if err == nil {
		err = f.replace(data)
	}
	if err != nil {
		return fmt.Errorf("checkpoint cannot be saved: %w", err)
	}
	return nil
}

// replace writes a file beside and puts it in the place of the old one.
func (f file) replace(data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // which is gone, if all went well
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), string(f))
}
