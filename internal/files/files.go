// Package files opens files that a user named: regular ones only, without waiting.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrIrregular is the error of what is no regular file: a pipe, a device, a folder.
var ErrIrregular = errors.New("not a regular file")

// MostBytes is the size above which a file is no image of a dataset: a video, a disk
// image or a database under a wrong name.
const MostBytes = 1 << 30

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

// Read returns the content of a regular file of at most so many bytes. A file that
// grows while it is read is not followed beyond them.
func Read(name string, most int64) ([]byte, error) {
	f, info, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadOpen(f, info, most, func() {})
}

// ReadOpen is Read of a file that Open opened; sign is called as it gets on.
func ReadOpen(f *os.File, info fs.FileInfo, most int64, sign func()) ([]byte, error) {
	content := bytes.NewBuffer(make([]byte, 0, min(info.Size(), most)+bytes.MinRead))
	n, err := content.ReadFrom(Signing(io.LimitReader(f, most+1), sign))
	if err == nil && n > most {
		err = fmt.Errorf("it has %d bytes, more than the limit of %d", max(n, info.Size()), most)
	}
	if err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}
