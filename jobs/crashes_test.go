package jobs

import (
	"context"
	"strings"
	"testing"
)

// crash leaves a workspace as a server does that ends without a word while a job runs.
func crash(t *testing.T, db string, before func(*rig, Job)) Job {
	t.Helper()
	r := newRig(t, db, 0)
	defer r.close()
	if err := r.manager.ResumeInterrupted(context.Background()); err != nil {
		t.Fatal(err)
	}
	list, err := r.manager.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		list = append(list, r.submit(t, squares{Items: 8, Chunk: 4}))
	}
	job := list[0]
	if !job.State.Active() {
		return job
	}
	until(t, "the job to run", func() bool { j, _ := r.manager.Get(context.Background(), job.ID); return j.State == Running })
	if before != nil {
		before(r, job)
	}
	stored, err := r.manager.store.Job(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.manager.Close() // which notes the interruption; a crash does not:
	stored.State = Running
	if err := r.manager.store.PutJob(context.Background(), stored); err != nil {
		t.Fatal(err)
	}
	return stored
}

// TestJobThatEndsServers has two servers end while a job runs: the third does not resume it,
// and says why. Cancel ends it, and resuming it works.
func TestJobThatEndsServers(t *testing.T) {
	db := dbPath(t)
	crash(t, db, nil)
	if second := crash(t, db, nil); second.State != Running {
		t.Fatalf("the second server did not resume the job: %+v", second)
	}
	r := newRig(t, db, 1)
	defer r.close()
	ctx := context.Background()
	if err := r.manager.ResumeInterrupted(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := r.manager.List(ctx)
	if err != nil || len(list) != 1 || list[0].State != Interrupted || !strings.Contains(list[0].Message, "2 servers ended while this ran") {
		t.Fatalf("the third server has %+v, %v", list, err)
	}
	job, err := r.manager.Cancel(ctx, list[0].ID)
	if err != nil || job.State != Cancelled || job.Message != "" {
		t.Fatalf("cancelled: %+v, %v", job, err)
	}
	if stored, err := r.manager.store.Job(ctx, job.ID); err != nil || stored.State != Cancelled || stored.Crashes != 0 {
		t.Errorf("stored: %+v, %v", stored, err)
	}
	if _, err := r.manager.Resume(ctx, job.ID); err != nil {
		t.Fatal(err)
	}
	if end := r.wait(t, job.ID); end.State != Done {
		t.Errorf("resumed: %+v", end)
	}
	r.check(t, job)
}

// TestJobThatGetsOnIsResumed counts no server against a job that finished a chunk since: a
// long job survives any number of power cuts.
func TestJobThatGetsOnIsResumed(t *testing.T) {
	db := dbPath(t)
	oneChunk := func(r *rig, job Job) {
		open, err := r.manager.store.OpenChunks(context.Background(), job.ID)
		if err != nil || len(open) == 0 {
			t.Fatal(open, err)
		}
		_, _, claim := r.manager.decide(claimRequest{Job: job.ID, Seq: open[0].Seq, Worker: "w"})
		err = r.manager.accept(resultRequest{Job: job.ID, Seq: open[0].Seq, Claim: claim.Claim, Data: []byte(`{"Items":[0]}`)})
		if err != nil {
			t.Fatal(err)
		}
	}
	crash(t, db, nil)
	crash(t, db, oneChunk)
	if third := crash(t, db, nil); third.State != Running || third.Crashes != 1 {
		t.Errorf("the third server has %+v", third)
	}
}
