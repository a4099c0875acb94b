package server_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/deaddrive"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// TestSilentDriveStopsNothingElse has the drive of one dataset fall silent, and asks for
// everything of it at once: its images, maps, an evaluation, another import. Meanwhile another
// dataset is imported, evaluated and explained; and all that was asked of the silent one
// ends with the reason.
func TestSilentDriveStopsNothingElse(t *testing.T) {
	t.Setenv(task.RunLimitName, "4s") // a file is waited for 2 s, 0.7 s where a user waits
	s, c := evaluated(t)
	d, err := c.Dataset(t.Context(), "colours")
	must(t, err)
	other := filepath.Join(t.TempDir(), "model.onnx")
	must(t, fixture.WriteModel(other, "colours"))
	_, err = c.AddModel(t.Context(), api.ModelRequest{Name: "other", Path: other, Preprocessing: "plain"})
	must(t, err)
	gone := filepath.Join(t.TempDir(), "gone.onnx")
	must(t, fixture.WriteModel(gone, "colours"))
	deaddrive.Mount(t, gone)
	answer := deaddrive.Mount(t, d.Root)

	var asked sync.WaitGroup
	for sample := 1; sample <= 12; sample++ {
		for _, of := range []string{"/api/datasets/colours/samples/%d/image", "/api/evaluations/colours~net/samples/%d/map?method=occlusion"} {
			asked.Go(func() {
				status, body := fetched(t, s.URL()+fmt.Sprintf(of, sample))
				if status != http.StatusGatewayTimeout || !strings.Contains(body, "the drive does not answer") {
					t.Errorf("%s: %d %s", fmt.Sprintf(of, sample), status, body)
				}
			})
		}
	}
	asked.Go(func() {
		if _, err := c.AddModel(t.Context(), api.ModelRequest{Name: "gone", Path: gone}); err == nil || !strings.Contains(err.Error(), "the drive does not answer") {
			t.Errorf("a model on a silent drive: %v", err)
		}
	})
	evaluating, err := c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "colours", Model: "other"})
	must(t, err)
	importing, err := c.Import(t.Context(), api.ImportRequest{Name: "colours", Path: d.Root})
	must(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	healthy := t.TempDir()
	must(t, fixture.WriteImages(healthy, []string{"red", "green"}, 20))
	job, err := c.Import(ctx, api.ImportRequest{Name: "healthy", Path: healthy})
	must(t, err)
	finish(t, c, job)
	job, err = c.Evaluate(ctx, api.EvaluateRequest{Dataset: "healthy", Model: "net"})
	must(t, err)
	finish(t, c, job)
	job, err = c.Explain(ctx, api.ExplainRequest{Evaluation: "healthy~net", Methods: []string{"occlusion"}})
	must(t, err)
	finish(t, c, job)
	asked.Wait()
	for _, job := range []api.Job{evaluating, importing} {
		job, err := c.Wait(ctx, job.ID, nil)
		if err != nil || job.State != api.JobFailed || !strings.Contains(job.Error, "the drive does not answer") {
			t.Errorf("%s: %s, %s, %v", job.Title, job.State, job.Error, err)
		}
	}
	answer()
	job, err = c.Resume(ctx, evaluating.ID)
	must(t, err)
	finish(t, c, job)
	if status, body := fetched(t, s.URL()+"/api/datasets/colours/samples/1/image"); status != http.StatusOK {
		t.Errorf("the drive is back: %d %s", status, body)
	}
}
