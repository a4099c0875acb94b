package worker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/files"
)

// Two files without an answer are two samples set aside; at the third the job ends.
func TestUnanswered(t *testing.T) {
	var u Unanswered
	silent := Unreadable{files.ErrNoAnswer}
	for range 2 {
		if err := errors.Join(u.Add(silent), u.Add(errors.New("damaged")), u.Add(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := u.Add(silent); !errors.Is(err, files.ErrNoAnswer) || !strings.HasPrefix(err.Error(), "3 files could not be read") {
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
