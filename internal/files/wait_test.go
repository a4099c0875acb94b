package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pipe is one that nobody writes to: opening it to read waits.
func pipe(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// What does not answer is waited for as long as the limit, or the caller, allows; what comes
// later is taken care of.
func TestWait(t *testing.T) {
	name := pipe(t)
	w := NewWaiter(50 * time.Millisecond)
	if _, err := w.Read(context.Background(), name, 100); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("a pipe gives %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := NewWaiter(time.Hour).Read(ctx, name, 100); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("whose caller leaves gets %v", err)
	}
	late := make(chan string)
	_, err := Wait(context.Background(), w, func(func()) (string, error) {
		content, err := os.ReadFile(name)
		return string(content), err
	}, func(content string) { late <- content })
	if !errors.Is(err, ErrNoAnswer) {
		t.Fatalf("a pipe gives %v", err)
	}
	if w.left.Load() != 2 {
		t.Errorf("%d calls are left alone, want 2", w.left.Load())
	}
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := <-late; !strings.Contains("content", got) { // three read the pipe
		t.Errorf("late comes %q", got)
	}
}

// A call that gives signs is waited for beyond the limit.
func TestWaitForSigns(t *testing.T) {
	w := NewWaiter(200 * time.Millisecond)
	got, err := Wait(context.Background(), w, func(sign func()) (int, error) {
		for range 10 {
			time.Sleep(50 * time.Millisecond)
			sign()
		}
		return 7, nil
	}, nil)
	if got != 7 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
}

// Where too many calls wait, another is refused at once; when the drive answers, it is not.
func TestWaitRefuses(t *testing.T) {
	w := NewWaiter(time.Millisecond)
	block := make(chan struct{})
	slow := func(func()) (int, error) { <-block; return 1, nil }
	for range mostLeft {
		if _, err := Wait(context.Background(), w, slow, nil); !errors.Is(err, ErrNoAnswer) {
			t.Fatal(err)
		}
	}
	called := false
	if _, err := Wait(context.Background(), w, func(func()) (int, error) { called = true; return 1, nil }, nil); !errors.Is(err, ErrNoAnswer) || called {
		t.Errorf("one more: %v, called %v", err, called)
	}
	close(block)
	for range 1000 {
		if w.left.Load() == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if w.left.Load() != 0 {
		t.Errorf("%d calls are left alone after the drive answered", w.left.Load())
	}
}

// A folder is listed in order, and a file is read, as by the functions of package os.
func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	for i := range folderEntries + 10 {
		if err := os.WriteFile(filepath.Join(dir, strings.Repeat("x", i%5)+string(rune('a'+i%26))+time.Duration(i).String()), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := NewWaiter(time.Minute)
	want, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.ReadDir(context.Background(), dir)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d entries, want %d, %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i].Name() != want[i].Name() {
			t.Fatalf("entry %d is %s, want %s", i, got[i].Name(), want[i].Name())
		}
	}
	if _, err := w.ReadDir(context.Background(), filepath.Join(dir, "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
