// Package files opens files that a user named: regular ones only, without waiting.
package files

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// ErrIrregular is the error of what is no regular file: a pipe, a device, a folder.
var ErrIrregular = errors.New("not a regular file")

// Open opens a regular file for reading. It neither blocks on a pipe nor opens a
// device that never ends: what it opened is looked at before anything is read.
// Errors are those of the file system, or wrap ErrIrregular.
func Open(name string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrIrregular}
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
