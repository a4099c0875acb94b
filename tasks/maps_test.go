package tasks

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// One job makes the maps of several methods and targets, those of single requests;
// what is stored is not made again, a missing image spoils no other, and assessing
// adds to maps that are there.
func TestManyMethodsInOneJob(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	requests, err := explain.Requests([]string{"gradcam", "gradient", "occlusion"}, []string{"predicted", "contrast"}, 3, map[string]string{"occlusion.grid": "4"})
	if err != nil || len(requests) != 6 {
		t.Fatalf("%+v, %v", requests, err)
	}
	alone, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, requests[2], nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fileOf(t, r, page[4].ID)); err != nil {
		t.Fatal(err)
	}
	all := explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}
	job, err := r.maps.ExplainSelection(ctx, all, false, requests...)
	if job = r.run(t, job, err); job.Items != 9 || job.Failed != 1 || job.Done != 9 {
		t.Errorf("%d items, %d done, %d failed", job.Items, job.Done, job.Failed)
	}
	for _, o := range requests {
		for i, s := range page {
			_, err := r.store.Maps.Map(ctx, "photos~tiny", s.ID, o.Key())
			if err == nil != (i != 4) || err != nil && !errors.Is(err, workspace.ErrNotFound) {
				t.Errorf("%s of sample %d: %v", o.Key(), i, err)
			}
		}
		compareMaps(t, r, page[2].ID, o)
	}
	if again, _ := r.maps.Stored(ctx, "photos~tiny", page[0].ID, requests[2]); again.Seconds != alone.Seconds {
		t.Error("a map that was stored was made again")
	}
	before, err := r.maps.Stored(ctx, "photos~tiny", page[1].ID, requests[1])
	if err != nil {
		t.Fatal(err)
	}
	job, err = r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: all.Evaluation, Sort: all.Sort, Limit: 2}, true, requests[:2]...)
	if job = r.run(t, job, err); job.Items != 2 || job.Failed != 0 {
		t.Errorf("assessing: %d items, %d failed", job.Items, job.Failed)
	}
	got, err := r.assess.StoredTrust(ctx, "photos~tiny", page[1].ID, requests[1])
	if want := trustHere(t, r, page[1].ID, requests[1]); err != nil || got.Verdict != want.Verdict || got.Map.Difference != want.Map.Difference {
		t.Errorf("assessed %+v, here %+v; %v", got, want, err)
	}
	if after, _ := r.maps.Stored(ctx, "photos~tiny", page[1].ID, requests[1]); after.Seconds != before.Seconds {
		t.Error("a map that was stored was made again to be assessed")
	}
}

func fileOf(t *testing.T, r *rig, sample int64) string {
	t.Helper()
	s, err := r.store.Catalog.Sample(context.Background(), sample)
	if err != nil {
		t.Fatal(err)
	}
	return s.File
}

// Expected Gradients compares with images that the seed chooses, the same in a job
// and alone; a map that keeps channels is assessed and compared as its sum.
func TestExpectedGradientsAndChannels(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	requests, err := explain.Requests([]string{"expectedgradients", "gradient"}, nil, 3, map[string]string{"channels": "keep", "samples": "8"})
	if err != nil {
		t.Fatal(err)
	}
	job, err := r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath, Limit: 3}, true, requests...)
	if job = r.run(t, job, err); job.Failed != 0 {
		t.Fatalf("%d failed: %s", job.Failed, job.Result)
	}
	for _, o := range requests {
		m, err := r.maps.Stored(ctx, "photos~tiny", page[1].ID, o)
		if err != nil || m.Channels != 3 || len(m.Values) != 3*m.Width*m.Height {
			t.Fatalf("%s: %+v, %v", o.Key(), m, err)
		}
		if got, err := r.assess.StoredTrust(ctx, "photos~tiny", page[1].ID, o); err != nil || got.Verdict != trustHere(t, r, page[1].ID, o).Verdict {
			t.Errorf("%s: assessed %+v, %v", o.Key(), got, err)
		}
		compareMaps(t, r, page[1].ID, o)
	}
	if maps, correlations, err := r.assess.Agreement(ctx, "photos~tiny", page[1].ID, ""); err != nil || len(maps) != 2 || correlations[0][1] < -1 || correlations[0][1] > 1 {
		t.Errorf("agreement %v, %v", correlations, err)
	}
	baselines := func(sample int64) []task.Image {
		t.Helper()
		request, err := r.maps.SampleRequest(ctx, "photos~tiny", sample, requests[0])
		if err != nil {
			t.Fatal(err)
		}
		return request.Baselines
	}
	a, b := baselines(page[0].ID), baselines(page[1].ID)
	requests[0].Seed = 4
	c := baselines(page[0].ID)
	if len(a) != 9 || !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Errorf("baselines %v, again %v, with another seed %v", a, b, c)
	}
}
