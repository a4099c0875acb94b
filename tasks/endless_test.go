package tasks

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// white adds a white image to a folder of photos.
func white(t *testing.T, root, name string) {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 32, 32))
	draw.Draw(im, im.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	f, err := os.Create(filepath.Join(root, "0", name))
	if err == nil {
		err = errors.Join(png.Encode(f, im), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) add(t *testing.T, name string, m *onnx.Model) {
	t.Helper()
	if _, err := r.inspect.AddModel(context.Background(), testmodel.Save(t, m), classifier.Options{Name: name, Preprocessing: "plain"}, false); err != nil {
		t.Fatal(err)
	}
}

func stuck(err error) bool {
	var coded *jobs.Coded
	return errors.As(err, &coded) && coded.Code == jobs.CodeStuck
}

// TestEndlessModelIsRefused adds a model that never ends, and one that takes too long to
// open: each is refused with the reason, and the next model is added.
func TestEndlessModelIsRefused(t *testing.T) {
	thorough.Only(t)
	t.Setenv(task.RunLimitName, "1s")
	r := newRig(t, t.TempDir())
	defer r.close()
	for name, hostile := range map[string]struct {
		model *onnx.Model
		want  string
	}{
		"loop":  {testmodel.Endless(), "did not come to an end within 1 s"},
		"chain": {testmodel.Chain(12000), "no sign for"}, // opening it takes the runtime a minute
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := r.inspect.AddModel(context.Background(), testmodel.Save(t, hostile.model), classifier.Options{Name: name, Preprocessing: "plain"}, false)
			if !stuck(err) || !strings.Contains(err.Error(), hostile.want) {
				t.Fatalf("after %v: %v", time.Since(began), err)
			}
			r.addModel(t, testmodel.Options{Side: 32})
		})
	}
}

// TestEndlessImageIsSetAside has two models that never end on a white image, so that every
// lane is busy with one. Maps are made meanwhile; the white image is set aside, the rest is
// evaluated, and the jobs said what took so long.
func TestEndlessImageIsSetAside(t *testing.T) {
	thorough.Only(t)
	t.Setenv(task.RunLimitName, "8s")
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 20, 32, 32)
	white(t, root, "white.png")
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 32})
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	r.run(t, job, err)
	sample := firstSample(t, r, "photos~tiny")
	var hanging []jobs.Job
	for _, name := range []string{"a", "b"} {
		r.add(t, name, testmodel.EndlessOnWhite())
		job, err := r.evaluate.Start(ctx, "photos", name, nil)
		if err != nil {
			t.Fatal(err)
		}
		hanging = append(hanging, job)
	}
	for _, job := range hanging {
		waitForMessage(t, r, job.ID, "a run of the model takes")
	}
	began := time.Now()
	if _, err := r.maps.Explain(ctx, "photos~tiny", sample, explain.MapOptions{Method: "occlusion", Target: "predicted"}, nil); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a map took %v while the models hung", took)
	}
	for i, job := range hanging {
		end := r.run(t, job, nil)
		failed, err := r.store.Results.Failures(ctx, []string{"photos~a", "photos~b"}[i])
		if err != nil || end.Failed != 1 || len(failed) != 1 || !strings.Contains(failed[0].Reason, "did not come to an end within 8 s") {
			t.Errorf("%d of %d failed, listed %v, %v", end.Failed, end.Items, failed, err)
		}
	}
}

func firstSample(t *testing.T, r *rig, evaluation string) (id int64) {
	t.Helper()
	if err := r.store.Workspace.QueryRow(context.Background(), `SELECT min(sample) FROM predictions`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func waitForMessage(t *testing.T, r *rig, id, message string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	updates, err := r.jobs.Watch(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for job := range updates {
		if strings.Contains(job.Message, message) {
			return
		}
	}
	t.Fatalf("job %s never said %q", id, message)
}

// TestErrorOnImageIsSetAside has one image on which the runtime reports an error: it is set
// aside with the reason, and the others have the scores of single runs.
func TestErrorOnImageIsSetAside(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 21, 32, 32)
	white(t, root, "0010.png")
	r.importFolder(t, root)
	r.add(t, "tiny", testmodel.ErrorOnWhite())
	stored, err := r.store.Catalog.Model(ctx, "tiny")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := classifier.ParseSpec(stored.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if spec.Batch.Recommended < 2 {
		t.Fatalf("batches of %d would not try anything: %s", spec.Batch.Recommended, spec.Batch.Note)
	}
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	job = r.run(t, job, err)
	failed, err := r.store.Results.Failures(ctx, "photos~tiny")
	if err != nil || job.Failed != 1 || len(failed) != 1 || !strings.Contains(failed[0].Reason, "the model fails on this image") || !strings.Contains(failed[0].Reason, "Gather") {
		t.Fatalf("%d failed, listed %v, %v", job.Failed, failed, err)
	}
	compareWithSingleRuns(t, r, spec, 21)
}

// TestCancelledSearchGoesOn cancels an evaluation while the images that the
// model does not come to an end on are being found out one by one. What was found is not found
// out again when the job is resumed: its words, changed meanwhile in the store, are what is told.
func TestCancelledSearchGoesOn(t *testing.T) {
	t.Setenv(task.RunLimitName, "1s")
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 5, 32, 32)
	white(t, root, "a.png")
	white(t, root, "b.png")
	r.importFolder(t, root)
	r.add(t, "tiny", testmodel.EndlessOnWhite())
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	if err != nil {
		t.Fatal(err)
	}
	waitForFinding(t, r, job.ID)
	if job, err = r.jobs.Cancel(ctx, job.ID); err != nil || job.State != jobs.Cancelled {
		t.Fatalf("%s, %v", job.State, err)
	}
	err = r.store.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE chunks SET failures = replace(failures, 'did not come', 'never came') WHERE state = 'open'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	job, err = r.jobs.Resume(ctx, job.ID)
	job = r.run(t, job, err)
	failed, err := r.store.Results.Failures(ctx, "photos~tiny")
	if err != nil || job.Failed != 2 || len(failed) != 2 {
		t.Fatalf("%d failed, listed %v, %v", job.Failed, failed, err)
	}
	said := failed[0].Reason + failed[1].Reason
	if !strings.Contains(said, "never came to an end") {
		t.Errorf("an image was known before: %s", said)
	}
	if n := countPredictions(t, r); n != 5 {
		t.Errorf("%d predictions of 5 images", n)
	}
}

func countPredictions(t *testing.T, r *rig) (n int) {
	t.Helper()
	if err := r.store.Workspace.QueryRow(context.Background(), `SELECT count(*) FROM predictions`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// waitForFinding waits until something was found in a chunk of a job that is at work.
func waitForFinding(t *testing.T, r *rig, job string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		found := 0
		err := r.store.Workspace.QueryRow(context.Background(), `SELECT count(*) FROM chunks WHERE job = ? AND state = 'open' AND failures <> ''`, job).Scan(&found)
		if err != nil {
			t.Fatal(err)
		}
		if found > 0 {
			return
		}
	}
	t.Fatal("nothing was found within a minute")
}
