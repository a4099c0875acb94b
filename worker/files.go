package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// Unreadable is the error of a file that cannot be read at the moment, or is not the one
// that was imported, whatever is in it.
type Unreadable struct{ error }

// Unwrap is the reason.
func (u Unreadable) Unwrap() error { return u.error }

// errChanged is of a file with other bytes than were imported.
var errChanged = errors.New("changed since import: import the dataset again")

// ReadFile reads an image file, a regular one with the bytes that were imported: what
// became a pipe or a device is not waited for, and a drive that does not answer is for a
// minute, or 20 s in a call (files.ErrNoAnswer). Hold no core meanwhile. The error is a reason
// that users see.
func (w *Worker) ReadFile(ctx context.Context, of task.Image) ([]byte, error) {
	data, err := w.read(ctx, of)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errChanged):
		return nil, Unreadable{fmt.Errorf("the file has %w", err)}
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

func (w *Worker) read(ctx context.Context, of task.Image) ([]byte, error) {
	object := files.IsObject(of.File)
	if object && (w.remote == nil || w.remote.objects) {
		return w.readObject(ctx, of)
	}
	if w.remote != nil {
		return w.remote.image(ctx, of)
	}
	return files.Wait(ctx, w.waiter(ctx), func(sign func()) ([]byte, error) { return readImported(of, sign) }, nil)
}

func (w *Worker) waiter(ctx context.Context) *files.Waiter {
	if jobs.IsCall(ctx) {
		return w.inCalls
	}
	return w.inChunks
}

// Reachable waits for the first byte of files that are then read without such patience. The
// error is files.ErrNoAnswer or that of ctx; others are told by who reads them.
func (w *Worker) Reachable(ctx context.Context, names ...string) error {
	return reachable(ctx, w.waiter(ctx), names...)
}

func reachable(ctx context.Context, w *files.Waiter, names ...string) error {
	for _, name := range names {
		_, err := files.Wait(ctx, w, func(func()) (int, error) {
			f, _, err := files.Open(name)
			if err != nil {
				return 0, nil
			}
			defer f.Close()
			n, _ := f.Read(make([]byte, 1))
			return n, nil
		}, nil)
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", name, err)
		}
	}
	return nil
}

// readImported reads a file and compares it with what was imported, its size before
// anything is read. An empty file is not compared.
func readImported(of task.Image, sign func()) ([]byte, error) {
	f, info, err := files.Open(of.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if of.Hash != "" && info.Size() != of.Bytes && info.Size() > 0 {
		return nil, errChanged
	}
	data, err := files.ReadOpen(f, info, files.MostBytes, sign)
	if err == nil && len(data) > 0 && of.Hash != "" && files.Hash(data) != of.Hash {
		err = errChanged
	}
	return data, err
}

// readObject reads an image from its store and compares it with what was imported.
func (w *Worker) readObject(ctx context.Context, of task.Image) ([]byte, error) {
	data, _, err := w.objects.Waiting(ctx, w.waiter(ctx), of.File)
	if err == nil && len(data) > 0 && of.Hash != "" && (int64(len(data)) != of.Bytes || files.Hash(data) != of.Hash) {
		err = errChanged
	}
	return data, err
}

// objectsAtOnce is how many objects are read at once: each is waited for for tens of
// milliseconds, in which no core is busy.
const objectsAtOnce = 16

// readers is how many of the images are read at once.
func (w *Worker) readers(list []task.Image) int {
	if len(list) > 0 && files.IsObject(list[0].File) {
		return max(objectsAtOnce, w.Cores.Count())
	}
	return w.Cores.Count()
}

// ReadBatch reads images for who works on one batch after the other, and holds no core: files in
// turn, as a disk likes it, and objects side by side. It ends with the first error of done, which
// is called for each image that was read until then, whatever came of it.
func (w *Worker) ReadBatch(ctx context.Context, list []task.Image, done func(i int, data []byte, err error) error) error {
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(1)
	if len(list) > 0 && files.IsObject(list[0].File) {
		group.SetLimit(objectsAtOnce)
	}
	for i, of := range list {
		group.Go(func() error {
			if err := going.Err(); err != nil {
				return err
			}
			data, err := w.ReadFile(ctx, of)
			return done(i, data, err)
		})
	}
	return group.Wait()
}

// LoadImage reads and decodes an image file.
func (w *Worker) LoadImage(ctx context.Context, of task.Image) (*imaging.Image, error) {
	data, err := w.ReadFile(ctx, of)
	if err != nil {
		return nil, err
	}
	return imaging.Decode(data, imaging.Limits{})
}

// EachImage reads images, reports nothing, and does work on each while it holds a core; on
// images of a chunk it lets calls go first. A file that cannot be read has an error, and
// too many without an answer end it.
func (w *Worker) EachImage(ctx context.Context, t *jobs.Task, list []task.Image, work func(i int, data []byte, err error)) error {
	var unanswered Unanswered
	content, errs := make([][]byte, len(list)), make([]error, len(list))
	return w.sideBySide(ctx, t, len(list), w.readers(list), func(i int) error {
		if err := unanswered.Err(); err != nil {
			return err
		}
		content[i], errs[i] = w.ReadFile(ctx, list[i])
		return errors.Join(ctx.Err(), unanswered.Add(errs[i]))
	}, func(i int) {
		work(i, content[i], errs[i])
		content[i] = nil
	})
}

// Look decodes a file for what a call does with it, while it holds a core. Errors of the
// file are *jobs.Coded with task.CodeFile, task.CodeChanged or task.CodeImage.
func (w *Worker) Look(ctx context.Context, of task.Image, do func(*imaging.Image) error) error {
	data, err := w.ReadFile(ctx, of)
	if err != nil {
		return &jobs.Coded{Code: codeOf(err, task.CodeFile), Message: err.Error()}
	}
	release, err := w.Cores.Acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return &jobs.Coded{Code: task.CodeImage, Message: err.Error()}
	}
	return do(im)
}

// codeOf is the code of an error of ReadFile or LoadImage, other where it has no own.
func codeOf(err error, other string) string {
	switch {
	case errors.Is(err, errChanged):
		return task.CodeChanged
	case errors.Is(err, files.ErrNoAnswer):
		return task.CodeDrive
	}
	return other
}
