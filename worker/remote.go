package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/task"
)

// remote is where a worker has images and models from that shares no folder with its server.
type remote struct {
	from    lender
	cache   *blobs.Folder
	dir     string // of this process alone, on the cache's file system
	objects bool   // it has credentials of its own for object stores
}

// lender is the server, by way of the bus: jobs.Worker is one.
type lender interface {
	Files(ctx context.Context, name string) ([]blobs.File, error)
	Pull(ctx context.Context, f blobs.File, to io.Writer) error
}

// have returns the function with which the cache gets a content.
func (r *remote) have(f blobs.File) func(context.Context, io.Writer) error {
	return func(ctx context.Context, to io.Writer) error { return r.from.Pull(ctx, f, to) }
}

// asks is how often a content is asked for that became another, or whose server did, meanwhile.
const asks = 3

// image returns the bytes of an image that was imported; errors are those of readImported.
func (r *remote) image(ctx context.Context, of task.Image) (data []byte, err error) {
	for range asks {
		if data, err = r.imageOnce(ctx, of); !passing(err) {
			return data, err
		}
	}
	return nil, err
}

func passing(err error) bool {
	return errors.Is(err, blobs.ErrUnknown) || errors.Is(err, blobs.ErrChanged) || errors.Is(err, blobs.ErrDamaged)
}

func (r *remote) imageOnce(ctx context.Context, of task.Image) ([]byte, error) {
	list, err := r.from.Files(ctx, of.Blob)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%w: %s", blobs.ErrUnknown, of.Blob)
	}
	f := list[0]
	if f.Size > files.MostBytes {
		return nil, fmt.Errorf("it has %d bytes, more than the limit of %d", f.Size, int64(files.MostBytes))
	}
	if of.Hash != "" && f.Size != of.Bytes && f.Size > 0 {
		return nil, errChanged
	}
	data, err := r.cache.Bytes(ctx, f, r.have(f))
	if err == nil && len(data) > 0 && of.Hash != "" && files.Hash(data) != of.Hash {
		err = errChanged
	}
	return data, err
}

// model puts a model's files into a folder of their own, and has the specification name it.
func (r *remote) model(ctx context.Context, s *classifier.Spec) (err error) {
	for range asks {
		if err = r.modelOnce(ctx, s); !passing(err) {
			return err
		}
	}
	return err
}

func (r *remote) modelOnce(ctx context.Context, s *classifier.Spec) error {
	list, err := r.from.Files(ctx, task.ModelBlob(s.SHA256))
	if err != nil {
		return fmt.Errorf("the model %s cannot be had from the server: %w", s.Name, err)
	}
	dir := filepath.Join(r.dir, "models", s.SHA256)
	for i, f := range list {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("the model %s has a file named %q", s.Name, f.Name)
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		os.Remove(path) // of the same model, opened before
		if err := r.cache.Link(ctx, f, path, r.have(f)); err != nil {
			return fmt.Errorf("the model %s cannot be had from the server: %w", s.Name, err)
		}
		if i == 0 {
			s.Path = path
		}
	}
	return nil
}
