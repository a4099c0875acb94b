package worker

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sightline/sightline/imaging"
)

// Unreadable is the error of a file that cannot be read at the moment, whatever
// is in it.
type Unreadable struct{ error }

// ReadFile reads an image file; the error is a reason that users see.
func ReadFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Unreadable{errors.New("the file is missing: restore it, or import the dataset again")}
	case errors.Is(err, fs.ErrPermission):
		return nil, Unreadable{errors.New("the file cannot be read: its permissions do not allow it")}
	case err != nil:
		return nil, Unreadable{fmt.Errorf("the file cannot be read: %w", err)}
	case len(data) == 0:
		return nil, errors.New("the file is empty: copy or download it again")
	}
	return data, nil
}

// LoadImage reads and decodes an image file.
func LoadImage(path string) (*imaging.Image, error) {
	data, err := ReadFile(path)
	if err != nil {
		return nil, err
	}
	return imaging.Decode(data, imaging.Limits{})
}
