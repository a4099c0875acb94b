package jobs

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// overLimit is more than the queue carries in a message.
const overLimit = maxPayload + 1<<20

// payloadFiles lists the payloads that lie in the folder for large results.
func (r *rig) payloadFiles(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(r.manager.Incoming(), payloadFile("*")))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Chunks whose payload the queue does not carry are worked on like others, also where
// workers die of them, and leave no file.
func TestChunksWithLargePayloads(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	end := r.wait(t, r.submit(t, squares{Items: 12, Chunk: 4, Bulk: overLimit, Poison: []int{5}}).ID)
	if end.State != Done || end.Failed != 1 {
		t.Errorf("got %+v", end)
	}
	r.check(t, end, 5)
	if r.planner.least < overLimit {
		t.Errorf("a worker got a payload of %d bytes, want %d and more", r.planner.least, overLimit)
	}
	if left := r.payloadFiles(t); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

// A chunk that is cancelled leaves no file either, and goes on.
func TestCancelledChunkDropsItsPayload(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.submit(t, squares{Items: 4, Chunk: 4, Bulk: overLimit, Delay: 500_000})
	until(t, "the payload to be written", func() bool { return len(r.payloadFiles(t)) > 0 })
	if _, err := r.manager.Cancel(context.Background(), job.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "the payload to go", func() bool { return len(r.payloadFiles(t)) == 0 })
	if _, err := r.manager.Resume(context.Background(), job.ID); err != nil {
		t.Fatal(err)
	}
	if end := r.wait(t, job.ID); end.State != Done {
		t.Errorf("got %+v", end)
	}
}

// A payload that cannot be written fails the job, and says why.
func TestPayloadWithoutAFolder(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	if err := os.Remove(r.manager.Incoming()); err != nil {
		t.Fatal(err)
	}
	end := r.wait(t, r.submit(t, squares{Items: 1, Chunk: 1, Bulk: overLimit}).ID)
	if end.State != Failed || !bytes.Contains([]byte(end.Error), []byte("write a payload of")) {
		t.Errorf("got %+v", end)
	}
}

func TestCallsWithLargePayloads(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	payload := bytes.Repeat([]byte("payload "), overLimit/8)
	got, err := r.manager.CallOne(context.Background(), "echo", payload)
	if err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("got %d bytes of %d, %v", len(got), len(payload), err)
	}
	if _, err = r.manager.CallOne(context.Background(), "die", payload); !errors.Is(err, ErrWorkerLost) {
		t.Fatalf("got %v", err)
	}
	if left := r.payloadFiles(t); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}
