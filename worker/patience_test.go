package worker

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

// A read that does not answer is waited for as long as its limit, or its caller, allows. The
// read is a real one: of a pipe that nobody writes to.
func TestPatiently(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	blocks := func() ([]byte, error) { return os.ReadFile(pipe) }
	if _, err := patiently(context.Background(), 50*time.Millisecond, blocks); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("a pipe gives %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := patiently(ctx, time.Hour, blocks); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 20*time.Second {
		t.Errorf("whose caller leaves gets %v after %v", err, time.Since(began))
	}
	if data, err := patiently(context.Background(), time.Hour, func() ([]byte, error) { return []byte("content"), nil }); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
}

// Two files without an answer are two samples set aside; at the third the job ends.
func TestUnanswered(t *testing.T) {
	var u Unanswered
	silent := Unreadable{ErrNoAnswer}
	for range 2 {
		if err := errors.Join(u.Add(silent), u.Add(errors.New("damaged")), u.Add(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := u.Add(silent); !errors.Is(err, ErrNoAnswer) || !strings.HasPrefix(err.Error(), "3 files could not be read") {
		t.Errorf("the third gives %v", err)
	}
}

// A core is left for calls: chunks can take but as many as there are.
func TestCoresKeepOneForCalls(t *testing.T) {
	c := newCores(2)
	for range 2 {
		if _, err := c.Acquire(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Acquire(ctx); err == nil {
		t.Error("a third chunk gets one of two cores")
	}
	if cap(c.all)-len(c.all) != 1 || c.Count() != 2 {
		t.Errorf("%d of %d are left for calls", cap(c.all)-len(c.all), cap(c.all))
	}
}
