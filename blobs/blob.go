package blobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/sightline/sightline/internal/files"
)

// File is one file of a blob: the name that it has beside the others, and its content.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // in bytes
	SHA256 string `json:"sha256"` // in hexadecimal
}

// Errors of contents.
var (
	// ErrUnknown is of a name or key that nothing is known of.
	ErrUnknown = errors.New("no such content")
	// ErrChanged is of a file that has become another while it was sent.
	ErrChanged = errors.New("the file changed while it was read")
	// ErrDamaged is of a content that arrived with other bytes than it was sent with.
	ErrDamaged = errors.New("the content arrived damaged")
)

// codes name errors on their way between machines.
var codes = map[string]error{
	"unknown": ErrUnknown, "changed": ErrChanged, "missing": fs.ErrNotExist, "forbidden": fs.ErrPermission,
	"no answer": files.ErrNoAnswer, "irregular": files.ErrIrregular,
	"refused": ErrRefused, "busy": ErrBusy, "away": ErrAway,
}

// Code is the name of an error for Decoded; "" where it has none.
func Code(err error) string {
	for code, one := range codes {
		if errors.Is(err, one) {
			return code
		}
	}
	return ""
}

// Decoded is an error that was sent as its code and text.
func Decoded(code, text string) error {
	if one := codes[code]; one != nil {
		return &sent{text, one}
	}
	return errors.New(text)
}

type sent struct {
	text string
	is   error
}

func (s *sent) Error() string { return s.text }
func (s *sent) Unwrap() error { return s.is }

// Sum reads all of r and returns its size and SHA-256.
func Sum(r io.Reader) (f File, err error) {
	h := sha256.New()
	f.Size, err = io.Copy(h, r)
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	return f, err
}

// SumFile is Sum of a file of that path.
func SumFile(path string) (File, error) {
	in, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	return Sum(in)
}

// Check compares a file with what was sent.
func Check(path string, want File) error {
	got, err := SumFile(path)
	if err == nil && (got.Size != want.Size || got.SHA256 != want.SHA256) {
		err = fmt.Errorf("%w: %d bytes with SHA-256 %.12s…, want %d with %.12s…", ErrDamaged, got.Size, got.SHA256, want.Size, want.SHA256)
	}
	return err
}
