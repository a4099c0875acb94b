package diskcache

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline/sightline/internal/files"
)

// contents tells the files of an entry by name. It is a file among them: a line for each, and
// one for these lines themselves.
type contents map[string]sum

const contentsName = "contents"

// sum is what a file is recognised by.
type sum struct {
	hash string // see files.Hash
	size int64
}

var errDamaged = errors.New("the entry is damaged")

func sumOf(b []byte) sum { return sum{files.Hash(b), int64(len(b))} }

func sumOfFile(path string) (s sum, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	var h files.Hasher
	if s.size, err = io.CopyBuffer(struct{ io.Writer }{&h}, struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
		return s, err
	}
	s.hash = h.Hash()
	return s, nil
}

// sumsOf reads the files of a folder.
func sumsOf(folder string) (contents, error) {
	found, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	list := contents{}
	for _, d := range found {
		if list[d.Name()], err = sumOfFile(filepath.Join(folder, d.Name())); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (c contents) size() (size int64) {
	for _, s := range c {
		size += s.size
	}
	return size
}

// check tells whether the files are as they were.
func (c contents) check(folder string) error {
	for name, want := range c {
		got, err := sumOfFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%w: %s", errDamaged, name)
		}
	}
	return nil
}

func (c contents) write(folder string) error {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintln(&b, c[name].hash, c[name].size, name)
	}
	fmt.Fprintln(&b, files.Hash(b.Bytes()))
	return os.WriteFile(filepath.Join(folder, contentsName), b.Bytes(), 0o600)
}

func readContents(folder string) (contents, error) {
	b, err := os.ReadFile(filepath.Join(folder, contentsName))
	if err != nil {
		return nil, err
	}
	end := bytes.LastIndexByte(bytes.TrimSuffix(b, []byte("\n")), '\n') + 1
	if string(b[end:]) != files.Hash(b[:end])+"\n" {
		return nil, fmt.Errorf("%w: %s", errDamaged, contentsName)
	}
	list := contents{}
	for line := range strings.Lines(string(b[:end])) {
		var s sum
		var name string
		if _, err := fmt.Sscanf(line, "%s %d %s\n", &s.hash, &s.size, &name); err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		list[name] = s
	}
	return list, nil
}
