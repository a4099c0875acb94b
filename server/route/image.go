package route

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/files"
)

// Object reads the image of a sample from its store, which must be the one that was imported.
func Object(ctx context.Context, buckets *s3.Buckets, w *files.Waiter, s *catalog.Sample) ([]byte, error) {
	data, _, err := buckets.Waiting(ctx, w, s.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, NotFound(fmt.Errorf("cannot read the image: %w; restore it, or import the dataset again", err))
	case err != nil:
		return nil, fmt.Errorf("cannot read the image: %w", err)
	case s.Hash != "" && files.Hash(data) != s.Hash:
		return nil, Conflict(fmt.Errorf("%s has changed since import: import the dataset again", s.File))
	}
	return data, nil
}

// Unchanged is an error if the open file of a sample has other bytes than were imported. The
// file is left at its beginning.
func Unchanged(s *catalog.Sample, f *os.File, size int64, sign func()) error {
	if s.Hash == "" {
		return nil
	}
	h := new(files.Hasher)
	if size == s.Bytes {
		if _, err := io.Copy(h, files.Signing(f, sign)); err != nil {
			return NotFound(fmt.Errorf("cannot read the image: %w; restore it, or import the dataset again", err))
		}
	}
	if size != s.Bytes || h.Hash() != s.Hash {
		return Conflict(fmt.Errorf("%s has changed since import: import the dataset again", s.File))
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}
