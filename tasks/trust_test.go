package tasks

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	assesswork "github.com/sightline/sightline/tasks/assess/work"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/worker"
	"github.com/sightline/sightline/workspace"
)

// evaluatedRig is a rig in which the model tiny was run on nine photos.
func evaluatedRig(t *testing.T) (*rig, []results.Item) {
	t.Helper()
	r := newRig(t, t.TempDir())
	t.Cleanup(r.close)
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 9, 60, 40)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 32})
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	r.run(t, job, err)
	_, page, err := r.store.Results.Samples(ctx, "photos~tiny", slice.Slice{}, results.ByPath, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	return r, page
}

// A map is assessed once; what was found is what this process finds.
func TestTrustOfAMap(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	options := explain.MapOptions{Method: "gradcam", Target: "contrast", Seed: 3}
	if _, err := r.assess.StoredTrust(ctx, "photos~tiny", page[0].ID, options); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("before it was assessed: %v", err)
	}
	var seen []task.Progress
	got, err := r.assess.Trust(ctx, "photos~tiny", page[0].ID, options, func(p task.Progress) error { seen = append(seen, p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) == 0 || seen[0].Total != (trust.Options{}).Forwards() || got.Forwards != seen[0].Total || seen[0].Rate <= 0 {
		t.Errorf("progress %+v, %d forwards", seen, got.Forwards)
	}
	m, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := trustHere(t, r, page[0].ID, options)
	if got.Verdict != want.Verdict || got.Reason != want.Reason || got.Seed != m.Seed || !slices.Equal(got.Controls, want.Controls) {
		t.Errorf("got %+v, here %+v", got, want)
	}
	again, err := r.assess.Trust(ctx, "photos~tiny", page[0].ID, options, func(task.Progress) error { t.Error("assessed again"); return nil })
	if err != nil || again.Seconds != got.Seconds || !slices.Equal(again.Map.Deleting, got.Map.Deleting) {
		t.Errorf("asked again: %+v, %v", again, err)
	}
}

// trustHere assesses a stored map in the test's own process.
func trustHere(t *testing.T, r *rig, sample int64, o explain.MapOptions) *trust.Trust {
	t.Helper()
	ctx := context.Background()
	request, err := r.maps.SampleRequest(ctx, "photos~tiny", sample, o)
	if err != nil {
		t.Fatal(err)
	}
	p := here(t)
	model, release, err := p.Model(context.Background(), request.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	s := p.Scorer(model, worker.AtOnce)
	input, _, err := p.LoadInput(context.Background(), s, request.Item.Image)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.maps.Stored(ctx, "photos~tiny", sample, o)
	if err != nil {
		t.Fatal(err)
	}
	found, err := assesswork.Assess(ctx, s, input, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestStoppedTrustIsNotStored(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	stop := errors.New("the viewer is gone")
	options := explain.MapOptions{Method: "gradcam", Target: "predicted"}
	if _, err := r.assess.Trust(ctx, "photos~tiny", page[0].ID, options, func(task.Progress) error { return stop }); !errors.Is(err, stop) {
		t.Fatalf("got %v", err)
	}
	if _, err := r.assess.StoredTrust(ctx, "photos~tiny", page[0].ID, options); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("stored all the same: %v", err)
	}
}

func TestAgreementOfStoredMaps(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	for _, method := range []string{"gradcam", "occlusion", "gradient"} {
		if _, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, explain.MapOptions{Method: method}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, explain.MapOptions{Method: "gradient", Target: "class:1"}, nil); err != nil {
		t.Fatal(err)
	}
	maps, correlations, err := r.assess.Agreement(ctx, "photos~tiny", page[0].ID, "")
	if err != nil || len(maps) != 3 || len(correlations) != 3 {
		t.Fatalf("%d maps, %v, %v", len(maps), correlations, err)
	}
	want, err := trust.Agreement(maps[0].Map, maps[2].Map)
	if err != nil || correlations[0][2] != want || correlations[2][0] != want || correlations[1][1] != 1 {
		t.Errorf("correlations %v, want %v; %v", correlations, want, err)
	}
}

// The layers are found once, by a worker, with the one that Grad-CAM looks at.
func TestLayersOfAModel(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	found, err := r.inspect.Layers(ctx, "photos~tiny")
	if err != nil || len(found.Layers) == 0 || found.Reason != "" {
		t.Fatalf("%+v, %v", found, err)
	}
	m, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, explain.MapOptions{Method: "gradcam"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range found.Layers {
		if l.Number != i+1 || l.Width*l.Height < 2 || l.Automatic != (l.Tensor == m.Layer) {
			t.Errorf("layer %+v; Grad-CAM looked at %s", l, m.Layer)
		}
	}
	r.workers.Close() // now only the store can tell
	if again, err := r.inspect.Layers(ctx, "photos~tiny"); err != nil || !slices.Equal(again.Layers, found.Layers) {
		t.Errorf("asked again: %+v, %v", again, err)
	}
}
