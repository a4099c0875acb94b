package jobs

import (
	"context"
	"strings"
	"testing"

	"github.com/sightline/sightline/workspace"
)

// lists counts the rows of lists by job.
func (r *rig) lists(t *testing.T) map[string]int {
	t.Helper()
	ids, err := workspace.QueryAll[string](context.Background(), r.ws, `SELECT job FROM job_items`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, id := range ids {
		counts[id]++
	}
	return counts
}

// stopped runs a job for a while and cancels it.
func (r *rig) stopped(t *testing.T, p squares) Job {
	t.Helper()
	job := r.submit(t, p)
	until(t, "a chunk to be done", func() bool { j, _ := r.manager.Get(context.Background(), job.ID); return j.Done >= p.Chunk })
	job, err := r.manager.Cancel(context.Background(), job.ID)
	if err != nil || job.State != Cancelled {
		t.Fatalf("%+v, %v", job, err)
	}
	return job
}

// Of jobs of a subject that are cancelled again and again one list stays: that of the newest,
// which goes on where it was. An older one is planned anew, under numbers of its own.
func TestTenCancelledJobsKeepOneList(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	ctx := context.Background()
	p := func(i int) squares {
		return squares{Name: "one", Items: 100 + i, Chunk: 10, Delay: 2000, List: true}
	}
	other := r.stopped(t, squares{Name: "other", Items: 50, Chunk: 10, Delay: 2000, List: true})
	var first, last Job
	for i := range 10 {
		if last = r.stopped(t, p(i)); i == 0 {
			first = last
		}
		if got := r.lists(t); len(got) != 2 || got[last.ID] != 100+i || got[other.ID] != 50 {
			t.Fatalf("lists after %d jobs: %v; the last is %s", i+1, got, last.ID)
		}
	}
	var chunks int
	if err := r.ws.QueryRow(ctx, `SELECT count(*) FROM chunks WHERE job NOT IN (?, ?)`, last.ID, other.ID).Scan(&chunks); err != nil || chunks != 9 {
		t.Errorf("%d rows of chunks of 9 older jobs, %v", chunks, err)
	}
	// A chunk whose results were being stored when the job was cancelled counts, too: in the list, perhaps not yet in what Cancel told.
	late := func(done int) bool { return done == first.Done || done == first.Done+10 }
	if got, err := r.manager.Get(ctx, first.ID); err != nil || !late(got.Done) || got.Items != 100 || got.State != Cancelled {
		t.Errorf("%+v, %v; it was %+v", got, err, first)
	}
	plans := r.planner.plans
	for _, job := range []Job{last, first} {
		if _, err := r.manager.Resume(ctx, job.ID); err != nil {
			t.Fatal(err)
		}
		if end := r.wait(t, job.ID); end.State != Done || end.Done != end.Items || end.Items != job.Items {
			t.Errorf("resumed: %+v", end)
		}
	}
	if r.planner.plans != plans+1 {
		t.Errorf("%d plans for the newest job and an older one", r.planner.plans-plans)
	}
	for chunk, n := range r.planner.ingested { // one may have been rolled back by a cancel, and done again
		if strings.HasPrefix(chunk, first.ID) && n != 1 {
			t.Errorf("chunk %s was stored %d times", chunk, n)
		}
	}
	if got := r.lists(t); len(got) != 1 || got[other.ID] != 50 {
		t.Errorf("lists of jobs that are done: %v", got)
	}
}

// Only of jobs that failed or were cancelled is the list forgotten.
func TestForget(t *testing.T) {
	_, store, err := openTables(t, `SELECT 1`)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for state, kept := range map[State]int{Running: 8, Queued: 8, Interrupted: 8, Failed: 0, Cancelled: 0} {
		id := string(state)
		if err := runUntil(ctx, store, id, 8, state); err != nil {
			t.Fatal(err)
		}
		if _, err := store.FinishChunk(ctx, cut(id, 8, 2)[1], []Failure{{Item: 2, Reason: "bad"}}, func(*workspace.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := store.Forget(ctx, id); err != nil {
			t.Fatal(err)
		}
		job, err := store.Job(ctx, id)
		if err != nil || job.Planned != (kept > 0) || job.Done != 2 || job.Failed != 1 {
			t.Errorf("%s: %+v, %v", state, job, err)
		}
		ids, err := store.Items(ctx, id, 0, 8)
		if err != nil || len(ids) != kept {
			t.Errorf("%s: %d items, %v; want %d", state, len(ids), err, kept)
		}
	}
}
