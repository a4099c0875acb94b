package native

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// library is a file in a folder of its own, with its hash, and a checker that takes it for
// settled at once.
func library(t *testing.T) (path, want string, c *checker) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "lib.so")
	write(t, path, "a library's bytes")
	if err := os.Chmod(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, digestOf(path), &checker{}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// expect asks whether a file is intact, and whether that took reading it.
func (c *checker) expect(t *testing.T, path, want string, intact bool, reads int) {
	t.Helper()
	before := c.hashed
	if got := c.intact(path, want); got != intact || c.hashed-before != reads {
		t.Errorf("intact: %v after %d readings, want %v after %d", got, c.hashed-before, intact, reads)
	}
}

func TestUntouchedFileIsReadOnce(t *testing.T) {
	t.Parallel()
	path, want, c := library(t)
	c.expect(t, path, want, true, 1)
	c.expect(t, path, want, true, 0)
	c.expect(t, path, strings.Repeat("0", 64), false, 1) // another build's library of that name
	c.expect(t, path, want, true, 0)
}

// TestAlteredFileIsRead changes the file in every way that keeps its size and puts its time back.
func TestAlteredFileIsRead(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(t *testing.T, path string){
		"in place": func(t *testing.T, path string) { write(t, path, "A library's bytes") },
		"replaced": func(t *testing.T, path string) {
			write(t, path+".new", "A library's bytes")
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
		"by a link": func(t *testing.T, path string) {
			write(t, path+".new", "A library's bytes")
			os.Remove(path)
			if err := os.Symlink(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, want, c := library(t)
			c.expect(t, path, want, true, 1)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond) // a tick of the clock
			alter(t, path)
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
			c.expect(t, path, want, false, 1)
		})
	}
}

// TestStrangersStampDoesNotCount puts a stamp beside an altered file that would vouch for it.
func TestStrangersStampDoesNotCount(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(path string) error{
		"stamp":   func(path string) error { return os.Chmod(stampOf(path), 0o666) },
		"library": func(path string) error { return os.Chmod(path, 0o620) },
		"folder":  func(path string) error { return os.Chmod(filepath.Dir(path), 0o777) },
		"none":    func(string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, want, c := library(t)
			write(t, path, "A library's bytes")
			if err := open(path); name != "stamp" && err != nil {
				t.Fatal(err)
			}
			stamp(path, want+" "+identity(path))
			if err := open(path); err != nil {
				t.Fatal(err)
			}
			own := name == "none" // only this user could have written it
			c.expect(t, path, want, own, map[bool]int{true: 0, false: 1}[own])
		})
	}
}

func TestFreshFileAndDamagedStamp(t *testing.T) {
	t.Parallel()
	path, want, c := library(t)
	c.settled = time.Hour
	c.expect(t, path, want, true, 1)
	c.expect(t, path, want, true, 1) // it may still be written to
	c.settled = 0
	c.expect(t, path, want, true, 1)
	write(t, stampOf(path), "half a st")
	c.expect(t, path, want, true, 1)
	c.expect(t, path, want, true, 0)
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if syscall.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	path, want, c := library(t)
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Dir(path), 0o700) })
	c.expect(t, path, want, true, 1)
	c.expect(t, path, want, true, 1)
}
