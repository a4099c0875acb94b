package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Nothing but a regular file is opened, and nothing is waited for.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("file"), []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"link": "file", "zero": "/dev/zero", "tty": "/dev/tty", "gone": "nowhere"} {
		if err := os.Symlink(target, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]error{
		"file": nil, "link": nil, "pipe": ErrIrregular, "zero": ErrIrregular, ".": ErrIrregular, "gone": fs.ErrNotExist,
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan error, 1)
			go func() {
				f, info, err := Open(at(name))
				if err == nil {
					f.Close()
					if info.Size() != 5 {
						err = errors.New("another size")
					}
				}
				done <- err
			}()
			select {
			case err := <-done:
				if !errors.Is(err, want) || (want == nil) != (err == nil) {
					t.Errorf("%v, want %v", err, want)
				}
			case <-time.After(10 * time.Second):
				t.Error("it waits")
			}
		})
	}
}

// Read keeps to its limit, and to regular files.
func TestRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := Read(name, 5); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := Read(name, 4); err == nil || err.Error() != "it has 5 bytes, more than the limit of 4" {
		t.Errorf("a limit of 4: %v", err)
	}
	if _, err := Read("/dev/zero", 5); !errors.Is(err, ErrIrregular) {
		t.Errorf("a device: %v", err)
	}
}

// A hash taken piece by piece is that of the whole, and another for other content.
func TestHash(t *testing.T) {
	content := make([]byte, 100_000)
	whole := Hash(content)
	var h Hasher
	for piece := range slices.Chunk(content, 4097) {
		h.Write(piece)
	}
	if h.Hash() != whole || len(whole) != 32 {
		t.Errorf("in pieces %s, at once %s", h.Hash(), whole)
	}
	content[50_000] = 1
	if Hash(content) == whole {
		t.Error("one bit turned gives the same hash")
	}
}

// BenchmarkHash is what comparing an image with the one that was imported costs.
func BenchmarkHash(b *testing.B) {
	for _, size := range []int{10 << 10, 120 << 10, 4 << 20} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			content := make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				Hash(content)
			}
		})
	}
}
