package export

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Folder is a folder that is written as a tar stream.
type Folder struct {
	tar  *tar.Writer
	temp string
}

// NewFolder writes a folder to w; temp is where files grow whose size is not known before.
func NewFolder(w io.Writer, temp string) *Folder { return &Folder{tar.NewWriter(w), temp} }

// Close ends the stream: without it the reader knows that the folder is not whole.
func (f *Folder) Close() error { return f.tar.Close() }

// epoch is the time of every file, so that equal exports are equal bytes.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) // the first that ZIP knows

// Image adds a copy of a sample's image.
func (f *Folder) Image(name string, s *Sample) error {
	from, size, err := s.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	if err := f.Copy(name, size, from); err != nil {
		return fmt.Errorf("copying %s: %w", s.Path, err)
	}
	return nil
}

// Copy adds a file of so many bytes.
func (f *Folder) Copy(name string, size int64, from io.Reader) error {
	if err := f.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o644, Typeflag: tar.TypeReg, ModTime: epoch}); err != nil {
		return err
	}
	if _, err := io.CopyN(f.tar, from, size); err != nil {
		return err
	}
	if n, err := from.Read(make([]byte, 1)); n > 0 || err != io.EOF && err != nil {
		return errors.Join(errors.New("the file changed while it was read"), err)
	}
	return nil
}

// File adds a file that fill writes.
func (f *Folder) File(name string, fill func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(f.temp, "export-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	out := bufio.NewWriter(file)
	if err := fill(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return f.Copy(name, size, file)
}
