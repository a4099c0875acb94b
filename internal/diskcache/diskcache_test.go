package diskcache

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, path string, limit int64) *Folder {
	t.Helper()
	f, err := Open(path, limit)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// content is that of the files of a key: a short and a long one.
func content(key string) map[string][]byte {
	return map[string][]byte{"graph": []byte("graph of " + key), "weights": bytes.Repeat([]byte(key), 5000/len(key))}
}

func fill(key string) func(string) error {
	return func(folder string) (err error) {
		for name, b := range content(key) {
			err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), b, 0o600))
		}
		return err
	}
}

// has reports whether an entry is found, and fails if it is not as it was kept.
func has(t *testing.T, f *Folder, key string) bool {
	t.Helper()
	e := f.Find(key)
	if e == nil {
		return false
	}
	for name, want := range content(key) {
		got, err := e.Read(name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s of %s: %d bytes of %d, %v", name, key, len(got), len(want), err)
		}
	}
	return true
}

// left are the names in the folder that are no entries.
func left(t *testing.T, path string) (list []string) {
	t.Helper()
	found, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if strings.HasPrefix(d.Name(), unfinished) {
			list = append(list, d.Name())
		}
	}
	return list
}

func TestKeepAndFind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b")
	f := open(t, path, 1<<20)
	if has(t, f, "one") {
		t.Error("an entry is found before it was kept")
	}
	if err := f.Keep("one", fill("one")); err != nil {
		t.Fatal(err)
	}
	if !has(t, f, "one") || has(t, f, "two") || !has(t, open(t, path, 1<<20), "one") {
		t.Error("what was kept is not what is found")
	}
	// A second one of the same key changes nothing.
	if err := f.Keep("one", func(folder string) error { return os.WriteFile(filepath.Join(folder, "graph"), nil, 0o600) }); err != nil {
		t.Fatal(err)
	}
	if !has(t, f, "one") || len(left(t, path)) > 0 {
		t.Errorf("the first of two is gone, or %v is left", left(t, path))
	}
	var none *Folder
	if none.Find("one") != nil || !errors.Is(none.Keep("one", fill("one")), ErrNotKept) {
		t.Error("no folder has an entry")
	}
}

// An entry is whole or not there: whatever happens to any of its files, it is not found, and can
// be kept anew.
func TestDamage(t *testing.T) {
	damages := map[string]func(path string) error{
		"gone":      os.Remove,
		"empty":     func(path string) error { return os.Truncate(path, 0) },
		"cut":       func(path string) error { info, _ := os.Stat(path); return os.Truncate(path, info.Size()-1) },
		"a folder":  func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"a bit":     func(path string) error { return change(path, func(b []byte) []byte { b[len(b)/2] ^= 4; return b }) },
		"one more":  func(path string) error { return change(path, func(b []byte) []byte { return append(b, '\n') }) },
		"no access": func(path string) error { return errors.Join(os.Remove(path), os.Symlink("nowhere", path)) },
	}
	path := t.TempDir()
	f := open(t, path, 1<<20)
	for _, file := range []string{"graph", "weights", contentsName} {
		for what, damage := range damages {
			if err := f.Keep("one", fill("one")); err != nil {
				t.Fatal(err)
			}
			if !has(t, f, "one") {
				t.Fatalf("not found before %s: %s", file, what)
			}
			if err := damage(filepath.Join(path, "one", file)); err != nil {
				t.Fatal(err)
			}
			if f.Find("one") != nil {
				t.Errorf("%s: %s is found whole", file, what)
			}
			if exists(f.of("one")) {
				t.Errorf("%s: %s stays", file, what)
			}
		}
	}
}

func change(path string, how func([]byte) []byte) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, how(b), 0o600)
}

// What changes after it was checked is not read.
func TestChangedSinceItWasFound(t *testing.T) {
	f := open(t, t.TempDir(), 1<<20)
	if err := f.Keep("one", fill("one")); err != nil {
		t.Fatal(err)
	}
	e := f.Find("one")
	if err := os.WriteFile(filepath.Join(e.Path, "graph"), []byte("graph of two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := e.Read("graph"); err == nil {
		t.Errorf("read %q", b)
	}
}

// Filling that fails, as on a full disk, leaves nothing; and what killed processes leave goes
// after a while.
func TestUnfinished(t *testing.T) {
	path := t.TempDir()
	f := open(t, path, 1<<20)
	full := func(folder string) error {
		if err := fill("one")(folder); err != nil {
			return err
		}
		if err := os.Symlink("/dev/full", filepath.Join(folder, "more")); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, "more"), []byte("more"), 0o600)
	}
	if err := f.Keep("one", full); err == nil || f.Find("one") != nil || len(left(t, path)) > 0 {
		t.Errorf("%v, and %v is left", err, left(t, path))
	}
	for name, age := range map[string]time.Duration{"old": 2 * abandoned, "new": abandoned / 2} {
		folder := filepath.Join(path, unfinished+name)
		at := time.Now().Add(-age)
		if err := errors.Join(os.Mkdir(folder, 0o700), fill(name)(folder), os.Chtimes(folder, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Keep("one", fill("one")); err != nil {
		t.Fatal(err)
	}
	if got := left(t, path); !slices.Equal(got, []string{unfinished + "new"}) {
		t.Errorf("left are %v", got)
	}
}

// Beyond the limit those go that were used longest ago; one that is larger than all is not kept.
// The oracle keeps a list.
func TestLimit(t *testing.T) {
	const each, room = 5200, 4
	path := t.TempDir()
	f := open(t, path, room*each+each/2)
	r := rand.New(rand.NewPCG(3, 1))
	var order []string // the latest last
	for step := range 60 {
		key := fmt.Sprint("key", r.IntN(8))
		at := slices.Index(order, key)
		if has(t, f, key) != (at >= 0) {
			t.Fatalf("step %d: %s is found: %v, in %v", step, key, at < 0, order)
		}
		if at >= 0 {
			order = slices.Delete(order, at, at+1)
		} else if err := f.Keep(key, fill(key)); err != nil {
			t.Fatal(err)
		}
		order = append(order, key)
		order = order[max(0, len(order)-room):]
		time.Sleep(12 * time.Millisecond) // the clock of files ticks every hundredth of a second, in some kernels
	}
	if err := open(t, path, each/2).Keep("large", fill("large")); !errors.Is(err, ErrNotKept) || !has(t, f, order[0]) {
		t.Errorf("an entry above the limit: %v", err)
	}
}

// Processes that share a folder get what they kept, whoever was first and whatever goes meanwhile.
func TestShared(t *testing.T) {
	path := t.TempDir()
	var wait sync.WaitGroup
	for k := range 4 {
		f := open(t, path, 3*5200)
		wait.Go(func() {
			for i := range 40 {
				key := fmt.Sprint("key", (i*7+k*3)%6)
				e := f.Find(key)
				if e == nil {
					if err := f.Keep(key, fill(key)); err != nil {
						t.Error(err)
					}
					continue
				}
				for name, want := range content(key) {
					if got, err := e.Read(name); err == nil && !bytes.Equal(got, want) {
						t.Errorf("%s of %s is another's", name, key)
					}
				}
			}
		})
	}
	wait.Wait()
	if got := left(t, path); len(got) > 0 {
		t.Errorf("left are %v", got)
	}
}

// A folder into which others may write is not used, nor one that cannot be.
func TestRefused(t *testing.T) {
	path := t.TempDir()
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, 1); !errors.Is(err, ErrNotKept) {
		t.Errorf("others may write: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "graphs"), 1); err == nil {
		t.Error("a folder below a file")
	}
	if _, err := Open(t.TempDir(), 0); !errors.Is(err, ErrNotKept) {
		t.Errorf("no room: %v", err)
	}
}
