package jobs

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestJobRunsToTheEnd(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.wait(t, r.submit(t, squares{Items: 103, Chunk: 10}).ID)
	if job.State != Done || job.Done != 103 || job.Failed != 0 || string(job.Result) != `{"finished":true}` {
		t.Fatalf("got %+v", job)
	}
	r.check(t, job)
	if r.planner.ingests != 11 || r.planner.paths != 0 {
		t.Errorf("%d ingests, %d of them files; want 11 and 0", r.planner.ingests, r.planner.paths)
	}
}

func TestEmptyJobIsDone(t *testing.T) {
	r := newRig(t, dbPath(t), 0)
	defer r.close()
	if job := r.wait(t, r.submit(t, squares{}).ID); job.State != Done {
		t.Fatalf("got %+v", job)
	}
}

func TestLargeResultsTravelAsFiles(t *testing.T) {
	r := newRig(t, dbPath(t), 2)
	defer r.close()
	job := r.wait(t, r.submit(t, squares{Items: 40, Chunk: 10, Pad: 60_000}).ID)
	r.check(t, job)
	if r.planner.paths != 4 {
		t.Errorf("%d results came as files, want 4", r.planner.paths)
	}
	if left, _ := os.ReadDir(r.manager.Incoming()); len(left) > 0 {
		t.Errorf("%d files were left in the incoming folder", len(left))
	}
}

func TestFailedItemsAreCounted(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.wait(t, r.submit(t, squares{Items: 20, Chunk: 7, Bad: []int{3, 4, 19}}).ID)
	if job.State != Done || job.Done != 20 || job.Failed != 3 {
		t.Fatalf("got %+v", job)
	}
	failures, err := r.manager.Failures(context.Background(), job.ID)
	if err != nil || len(failures) != 3 || failures[1] != (Failure{Item: 4, Reason: "bad"}) {
		t.Errorf("failures %v, %v", failures, err)
	}
	stored, err := r.manager.store.Job(context.Background(), job.ID)
	if err != nil || stored.Failed != 3 || stored.Done != 20 || stored.State != Done {
		t.Fatalf("stored %+v, %v", stored, err)
	}
}

func TestRefusedAndFailingJobs(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	if _, err := r.manager.Submit(context.Background(), "squares", squares{Items: -1}); err == nil {
		t.Error("bad parameters were accepted")
	}
	if _, err := r.manager.Submit(context.Background(), "cubes", squares{}); err == nil {
		t.Error("an unknown kind was accepted")
	}
	if _, err := r.manager.Get(context.Background(), "squares-0"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown job gave %v", err)
	}
	job := r.wait(t, r.submit(t, squares{Items: 20, Chunk: 7, Refuse: true}).ID)
	if job.State != Failed || !strings.Contains(job.Error, "model file") {
		t.Fatalf("got %+v", job)
	}
}

func TestCancelAndResume(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	p := squares{Items: 200, Chunk: 10, Delay: 5000}
	job := r.submit(t, p)
	until(t, "some chunks to be done", func() bool { j, _ := r.manager.Get(context.Background(), job.ID); return j.Done >= 30 })
	job, err := r.manager.Cancel(context.Background(), job.ID)
	if err != nil || job.State != Cancelled || job.Done >= 200 || job.Done%10 != 0 {
		t.Fatalf("cancelled: %+v, %v", job, err)
	}
	ingests := r.planner.ingests
	time.Sleep(100 * time.Millisecond)
	if r.planner.ingests != ingests {
		t.Error("results were taken after the job was cancelled")
	}
	again := r.submit(t, p) // same parameters: the same job goes on
	if again.ID != job.ID {
		t.Errorf("submitting again made job %s instead of resuming %s", again.ID, job.ID)
	}
	end := r.wait(t, job.ID)
	if end.State != Done || r.planner.plans != 1 {
		t.Errorf("resumed: %+v, planned %d times", end, r.planner.plans)
	}
	if r.planner.ingests > 22 { // one a lane may have been under way, and was rolled back
		t.Errorf("%d ingests of 20 chunks", r.planner.ingests)
	}
	r.check(t, end)
	if third := r.submit(t, p); third.ID == job.ID {
		t.Error("a finished job was started again instead of a new one")
	}
}

// heldPlan is a store that is about to write a job's plan, once, when the job is cancelled.
type heldPlan struct {
	Store
	writing chan struct{}
	once    *sync.Once
}

func (s heldPlan) PutPlan(ctx context.Context, job Job, chunks []Chunk) error {
	s.once.Do(func() {
		close(s.writing)
		<-ctx.Done()
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.Store.PutPlan(ctx, job, chunks)
}

// What was never stored of a plan is planned again: the job does not end as done with nothing.
func TestCancelBeforeThePlanIsStored(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	held := heldPlan{r.manager.store, make(chan struct{}), new(sync.Once)}
	r.manager.store = held
	job := r.submit(t, squares{Items: 20, Chunk: 10})
	<-held.writing
	if _, err := r.manager.Cancel(context.Background(), job.ID); err != nil {
		t.Fatal(err)
	}
	if again := r.submit(t, squares{Items: 20, Chunk: 10}); again.ID != job.ID {
		t.Fatalf("submitting again made job %s instead of resuming %s", again.ID, job.ID)
	}
	r.check(t, r.wait(t, job.ID))
}

func TestServerRestartResumesOpenChunksOnly(t *testing.T) {
	path := dbPath(t)
	first := newRig(t, path, 1)
	job := first.submit(t, squares{Items: 300, Chunk: 10, Delay: 8000})
	until(t, "some chunks to be done", func() bool { j, _ := first.manager.Get(context.Background(), job.ID); return j.Done >= 50 })
	first.close()

	second := newRig(t, path, 1)
	defer second.close()
	job, err := second.manager.Get(context.Background(), job.ID)
	if err != nil || job.State != Interrupted || job.Done < 40 || job.Done == 300 {
		t.Fatalf("after the restart: %+v, %v", job, err)
	}
	if err := second.manager.ResumeInterrupted(context.Background()); err != nil {
		t.Fatal(err)
	}
	end := second.wait(t, job.ID)
	if end.State != Done || second.planner.ingests != (300-job.Done)/10 || second.planner.plans != 0 {
		t.Errorf("%d chunks ingested after %d items were done, %d plans, %+v", second.planner.ingests, job.Done, second.planner.plans, end)
	}
	second.check(t, end)
}

func TestWatchIsOrderedAndRare(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.submit(t, squares{Items: 400, Chunk: 20, Delay: 3000})
	updates, err := r.manager.Watch(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	began, n, last, rated := time.Now(), 0, Job{}, false
	for j := range updates {
		if j.Done < last.Done {
			t.Errorf("progress fell from %d to %d", last.Done, j.Done)
		}
		rated = rated || j.Rate > 50 && j.Rate < 700 && j.ETASeconds > 0
		n, last = n+1, j
	}
	if last.State != Done || last.Done != 400 || last.ETASeconds != 0 {
		t.Errorf("the last state seen is %+v", last)
	}
	if most := int(time.Since(began)/watchEvery) + 2; n > most || n < 5 {
		t.Errorf("%d updates in %v", n, time.Since(began))
	}
	if !rated {
		t.Error("no update had a plausible rate and estimate")
	}
	list, err := r.manager.List(context.Background())
	if err != nil || !slices.ContainsFunc(list, func(j Job) bool { return j.ID == job.ID && j.State == Done }) {
		t.Errorf("the list is %+v, %v", list, err)
	}
}

// A chunk may leave two files for one transaction; what the planner does not take away goes.
func TestChunksWithTwoFiles(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	end := r.wait(t, r.submit(t, squares{Items: 12, Chunk: 4, Files: true}).ID)
	if end.State != Done || r.planner.files != 3 {
		t.Errorf("%+v; %d chunks came with both files, want 3", end, r.planner.files)
	}
	until(t, "the files to go", func() bool {
		left, err := os.ReadDir(r.manager.Incoming())
		return err == nil && len(left) == 0
	})
}
