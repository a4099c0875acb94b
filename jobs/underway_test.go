package jobs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestHangIsSetAside has one item that never ends beside a job that does: the item is set
// aside with the reason, and the other job's chunks, which die with the worker each time,
// are done again whole.
func TestHangIsSetAside(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	beside := r.submit(t, squares{Name: "beside", Items: 200, Chunk: 100, Delay: 50000})
	hangs := r.wait(t, r.submit(t, squares{Name: "hangs", Items: 8, Chunk: 2, Hang: []int{5}}).ID)
	if hangs.State != Done || hangs.Done != 8 || hangs.Failed != 1 {
		t.Fatalf("got %+v", hangs)
	}
	r.check(t, hangs, 5)
	var reason string
	if err := r.ws.QueryRow(context.Background(), `SELECT reason FROM quarantine WHERE job = ? AND item = 5`, hangs.ID).Scan(&reason); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(reason, "gave no sign for") {
		t.Errorf("the reason is %q", reason)
	}
	ingests := r.planner.ingests
	end := r.wait(t, beside.ID)
	if end.State != Done || end.Failed != 0 {
		t.Errorf("the job beside it: %+v", end)
	}
	r.check(t, end)
	if all, chunks := r.planner.ingests, 4+1+2; all > chunks { // of hangs: 3 chunks and a half; of beside: 2
		t.Errorf("%d results were stored, %d before; the chunks of the job beside were cut", all, ingests)
	}
}

// TestHangingCall leaves a call that does not stop: the worker is ended, other calls are
// answered, and the job beside it is done in whole chunks.
func TestHangingCall(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.submit(t, squares{Items: 60, Chunk: 30, Delay: 20000})
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if _, err := r.manager.CallOne(ctx, "hang", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	first := r.workers.Processes()
	until(t, "another worker", func() bool {
		now := r.workers.Processes()
		return len(now) == 1 && now[0] != first[0]
	})
	if got, err := r.manager.CallOne(context.Background(), "echo", []byte("again")); err != nil || string(got) != "again" {
		t.Fatalf("after the hang: %q, %v", got, err)
	}
	end := r.wait(t, job.ID)
	if end.State != Done || end.Failed != 0 || r.planner.ingests != 2 {
		t.Errorf("%d ingests instead of one for each of 2 whole chunks; %+v", r.planner.ingests, end)
	}
	r.check(t, end)
}

// TestSilentCallIsTold has nobody leave: the asker hears that the call was given up, and it
// is not tried on another worker.
func TestSilentCallIsTold(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	began := time.Now()
	_, err := r.manager.CallOne(context.Background(), "hang", nil)
	var coded *Coded
	if !errors.As(err, &coded) || coded.Code != CodeStuck || !strings.Contains(err.Error(), "no sign") {
		t.Fatalf("got %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v: was it tried twice?", took)
	}
}

// TestSlowWorkIsTold watches the message of a job whose item takes long.
func TestSlowWorkIsTold(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.submit(t, squares{Items: 4, Chunk: 4, Slow: []int{1}, Delay: 100000})
	updates, err := r.manager.Watch(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	var last Job
	for last = range updates {
		if last.State == Running && (len(told) == 0 || told[len(told)-1] != last.Message) {
			told = append(told, last.Message)
		}
	}
	all := strings.Join(told, "|")
	if !strings.Contains(all, "item 1 takes ") || !strings.Contains(all, "given up after 1 s") || told[len(told)-1] != "" {
		t.Errorf("told %q", told)
	}
	if last.State != Done {
		t.Errorf("got %+v", last)
	}
}
