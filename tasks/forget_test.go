package tasks

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/tasks/explain"
)

// stopAfter cancels a job when so many of its chunks are stored.
func (r *rig) stopAfter(t *testing.T, job jobs.Job, err error, chunks int) jobs.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stored := -1
	for err == nil && (stored < chunks || job.State != jobs.Running) && job.Finished.IsZero() {
		time.Sleep(2 * time.Millisecond)
		if job, err = r.jobs.Get(ctx, job.ID); err == nil {
			err = r.store.Workspace.QueryRow(ctx, `SELECT count(*) FROM chunks WHERE job = ? AND state = 'done'`, job.ID).Scan(&stored)
		}
	}
	if err == nil {
		job, err = r.jobs.Cancel(ctx, job.ID)
	}
	if err != nil || job.State != jobs.Cancelled {
		t.Fatalf("%+v, %v", job, err)
	}
	return job
}

// resume goes on with a job until it ends.
func (r *rig) resume(t *testing.T, id string) jobs.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := r.jobs.Resume(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	job, err := r.jobs.Wait(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// A job of maps that was stopped, and whose list went when a newer one came, makes the maps
// that are still missing. Those that are there stay.
func TestOlderJobOfMapsIsPlannedAnew(t *testing.T) {
	thorough.Only(t)
	r, page := evaluatedRig(t)
	ctx := context.Background()
	requests, err := explain.Requests([]string{"rise", "gradient"}, []string{"predicted"}, 0, map[string]string{"rise.correlation": "0.9999"})
	if err != nil {
		t.Fatal(err)
	}
	all := explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}
	job, err := r.maps.ExplainSelection(ctx, all, false, requests[0])
	older := r.stopAfter(t, job, err, 1)
	seconds := map[int64]float64{}
	for _, s := range page {
		if m, err := r.maps.Stored(ctx, all.Evaluation, s.ID, requests[0]); err != nil {
			t.Fatal(err)
		} else if m != nil {
			seconds[s.ID] = m.Seconds
		}
	}
	if len(seconds) == 0 || len(seconds) == len(page) {
		t.Fatalf("%d maps of %d were made before the job was stopped", len(seconds), len(page))
	}
	job, err = r.maps.ExplainSelection(ctx, all, false, requests[1])
	r.run(t, job, err)
	job, err = r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: all.Evaluation, Sort: all.Sort, Limit: 1}, false, requests[1])
	r.run(t, job, err) // by now the list of the first has gone
	if ids, err := r.jobs.Items(ctx, older.ID, 0, 9); err != nil || len(ids) != 0 {
		t.Errorf("items %v of a job that was stopped before another, %v", ids, err)
	}
	if job := r.resume(t, older.ID); job.State != jobs.Done || job.Items != len(page)-len(seconds) || job.Done != job.Items {
		t.Errorf("resumed: %+v; %d of %d maps were there", job, len(seconds), len(page))
	}
	for _, s := range page {
		m, err := r.maps.Stored(ctx, all.Evaluation, s.ID, requests[0])
		if err != nil || m == nil || seconds[s.ID] != 0 && m.Seconds != seconds[s.ID] {
			t.Errorf("sample %d: %+v, %v; want what took %v s, if that is known", s.ID, m, err, seconds[s.ID])
		}
	}
}

// An evaluation or an import that a newer one took over from is not planned anew.
func TestOlderEvaluationStaysWhereItIs(t *testing.T) {
	r := newRig(t, t.TempDir())
	t.Cleanup(r.close)
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 9, 60, 40)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 32})
	r.workers.Close() // so that the jobs are planned, and no more
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	evaluated := r.stopAfter(t, job, err, 0)
	photos(t, filepath.Join(root, "0"), 2, 61, 40)
	imported := r.stopAfter(t, r.startImport(t, root), nil, 0)
	r.workers = r.supervise("worker")
	r.importFolder(t, root)
	for range 2 {
		job, err = r.evaluate.Start(ctx, "photos", "tiny", map[string]string{"0": "1"})
		r.run(t, job, err)
	}
	r.importFolder(t, root)
	for id, want := range map[string]string{evaluated.ID: "has taken over", imported.ID: "imported again since"} {
		if job := r.resume(t, id); job.State != jobs.Failed || !strings.Contains(job.Error, want) {
			t.Errorf("%+v; want an error with %q", job, want)
		}
	}
}
