package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/sightline/sightline/internal/files"
)

// disk is the file system that a scan reads: patient with drives that do not answer, but not
// for ever.
type disk struct {
	*files.Waiter
	ctx     context.Context
	objects func(ctx context.Context, address string) ([]byte, error) // of an object store; nil where there is none
	silent  int                                                       // folders and links that were not answered
}

// mostSilent is how many files and folders may be without an answer while nothing else is
// read: the drive is gone.
const mostSilent = 3

// gone is the error that ends a scan.
func gone(n int) error {
	return fmt.Errorf("%d files or folders could not be read: %w Import again when it is", n, files.ErrNoAnswer)
}

// silence notes an error of a folder that is set aside. The error it returns ends the scan.
func (d *disk) silence(err error) error {
	if !errors.Is(err, files.ErrNoAnswer) {
		return d.ctx.Err()
	}
	if d.silent++; d.silent >= mostSilent {
		return gone(d.silent)
	}
	return nil
}

// stat is os.Stat.
func (d *disk) stat(name string) (fs.FileInfo, error) { return d.Stat(d.ctx, name) }

// real is filepath.EvalSymlinks.
func (d *disk) real(name string) (string, error) {
	return files.Wait(d.ctx, d.Waiter, func(func()) (string, error) { return filepath.EvalSymlinks(name) }, nil)
}

// content reads a whole table, list or file of regions.
func (d *disk) content(name string) ([]byte, error) {
	if !files.IsObject(name) {
		return d.Read(d.ctx, name, files.MostBytes)
	}
	if d.objects == nil {
		return nil, fmt.Errorf("%s lies in an object store and the images do not: copy it to a file", name)
	}
	return d.objects(d.ctx, name)
}
