package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// Unreadable is the error of a file that cannot be read at the moment, whatever
// is in it.
type Unreadable struct{ error }

// ReadFile reads an image file, a regular one: what became a pipe or a device since
// it was imported is not waited for. The error is a reason that users see.
func ReadFile(path string) ([]byte, error) {
	data, err := files.Read(path, files.MostBytes)
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

// Look decodes a file for what a call does with it, while it holds a core. Errors of the
// file are *jobs.Coded with task.CodeFile or task.CodeImage.
func (w *Worker) Look(ctx context.Context, path string, do func(*imaging.Image) error) error {
	if err := w.Cores.Acquire(ctx); err != nil {
		return err
	}
	defer w.Cores.Release()
	data, err := ReadFile(path)
	if err != nil {
		return &jobs.Coded{Code: task.CodeFile, Message: err.Error()}
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return &jobs.Coded{Code: task.CodeImage, Message: err.Error()}
	}
	return do(im)
}
