package jobs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCallsAreAnswered(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	got, err := r.manager.CallOne(context.Background(), "echo", []byte("hello")) // waits for the worker to come up
	if err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v", got, err)
	}
	got, err = r.manager.CallOne(context.Background(), "big", []byte("20000001"))
	if err != nil || len(got) != 20000001 {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	var coded *Coded
	if _, err = r.manager.CallOne(context.Background(), "refuse", nil); !errors.As(err, &coded) || coded.Code != "no" {
		t.Fatalf("got %v", err)
	}
}

func TestCallWithoutWorkers(t *testing.T) {
	r := newRig(t, dbPath(t), 0)
	defer r.close()
	r.manager.opts.CallWait = 200 * time.Millisecond
	if _, err := r.manager.CallOne(context.Background(), "echo", nil); !errors.Is(err, ErrNoWorker) {
		t.Fatalf("got %v", err)
	}
}

func TestCallThatKillsWorkers(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	if _, err := r.manager.CallOne(context.Background(), "die", nil); !errors.Is(err, ErrWorkerLost) {
		t.Fatalf("got %v", err)
	}
	if got, err := r.manager.CallOne(context.Background(), "echo", []byte("again")); err != nil || string(got) != "again" {
		t.Fatalf("after the crash: %q, %v", got, err)
	}
}

// TestCallsAreBlamedBeforeChunks crashes workers by calls during a job: its
// chunks are done again, and nothing is held against them.
func TestCallsAreBlamedBeforeChunks(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.submit(t, squares{Items: 60, Chunk: 30, Delay: 20000})
	for range 3 { // each kills two workers
		if _, err := r.manager.CallOne(context.Background(), "die", nil); !errors.Is(err, ErrWorkerLost) {
			t.Fatalf("got %v", err)
		}
	}
	end := r.wait(t, job.ID)
	if end.State != Done || end.Failed != 0 || r.planner.ingests != 2 {
		t.Errorf("%d ingests instead of one for each of 2 whole chunks; %+v", r.planner.ingests, end)
	}
	r.check(t, end)
}

// TestCallGoesFirstAndStops makes a call during a batch job: the job stands
// still while the call is answered, and goes on when the asker goes away.
func TestCallGoesFirstAndStops(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.submit(t, squares{Items: 1000, Chunk: 500, Delay: 2000})
	done := func() int { j, _ := r.manager.Get(context.Background(), job.ID); return j.Done }
	until(t, "the job to move", func() bool { return done() > 20 })
	ctx, cancel := context.WithCancel(context.Background())
	file := filepath.Join(t.TempDir(), "stopped")
	replies, still := 0, 0
	err := r.manager.Call(ctx, "tick", []byte(file), func([]byte) error {
		switch replies++; replies {
		case 30:
			still = done()
		case 60:
			still = done() - still
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || replies < 60 {
		t.Fatalf("%d replies, %v", replies, err)
	}
	if still != 0 {
		t.Errorf("the job did %d items while a call was being answered", still)
	}
	until(t, "the call to stop", func() bool { _, err := os.Stat(file); return err == nil })
	if end := r.wait(t, job.ID); end.State != Done {
		t.Errorf("got %+v", end)
	}
}
