package tasks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/explain"
)

// mapsRig has 41 photos, one of them with a box and one that is missing, and a model under
// two names.
func mapsRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, t.TempDir())
	t.Cleanup(r.close)
	root := t.TempDir()
	photos(t, root, 41, 60, 40)
	r.importFolder(t, root)
	drawRegions(t, r, map[string][]float64{"0/0000.jpg": {0, 0, 30, 20}})
	path := testmodel.Write(t, testmodel.Options{Side: 32})
	for _, name := range []string{"tiny", "again"} {
		if _, err := r.inspect.AddModel(t.Context(), path, classifier.Options{Name: name, Preprocessing: "plain"}, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(root, "2", "0002.jpg")); err != nil {
		t.Fatal(err)
	}
	return r
}

// told is a job's result.
func told(t *testing.T, job jobs.Job) (result struct {
	Methods, Targets, Apart []string
	Following               string
}) {
	t.Helper()
	if err := json.Unmarshal(job.Result, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// An evaluation with maps stores the predictions of one without to the bit, and the maps that
// `explain` makes to the bit, with what they say of regions: explain finds them all.
func TestMapsMadeWithTheEvaluation(t *testing.T) {
	r := mapsRig(t)
	ctx := t.Context()
	requests, err := explain.Requests([]string{"gradcam", "eigencam"}, []string{"contrast", "predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	r.run(t, job, err)
	job, err = r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}, false, requests...)
	r.run(t, job, err)

	job, err = r.evaluate.Start(ctx, "photos", "again", nil, requests...)
	job = r.run(t, job, err)
	if result := told(t, job); job.Items != 41 || job.Failed != 1 || result.Following != "" || len(result.Apart) > 0 || !slices.Equal(result.Methods, []string{"gradcam", "eigencam"}) {
		t.Errorf("%+v says %+v", job, result)
	}
	if a, b := numbers(t, r.store, "photos~tiny", 40), numbers(t, r.store, "photos~again", 40); a != b {
		t.Error("the predictions are other ones")
	}
	for _, o := range requests {
		sameMaps(t, r, o)
	}
	job, err = r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: "photos~again", Sort: results.ByPath}, false, requests...)
	if job = r.run(t, job, err); job.Items != 0 {
		t.Errorf("%d maps were not found", job.Items)
	}
}

// sameMaps compares the maps of both evaluations, but for the time they took.
func sameMaps(t *testing.T, r *rig, o explain.MapOptions) {
	t.Helper()
	revision, err := explain.Revision(t.Context(), r.store, "photos")
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.store.Maps.Measured(t.Context(), "photos~tiny", o.Key(), revision)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.store.Maps.Measured(t.Context(), "photos~again", o.Key(), revision)
	if err != nil || len(got) != 40 || len(want) != 40 {
		t.Fatalf("%s: %d and %d maps, %v", o.Key(), len(want), len(got), err)
	}
	boxed := 0
	for sample, w := range want {
		if !reflect.DeepEqual(w.Shares, got[sample].Shares) || len(w.Shares) < 12 {
			t.Errorf("%s of sample %d: shares %+v, want %+v", o.Key(), sample, got[sample].Shares, w.Shares)
		}
		boxed += len(w.Shares) - 12
		a, err := r.store.Maps.Map(t.Context(), "photos~tiny", sample, o.Key())
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.store.Maps.Map(t.Context(), "photos~again", sample, o.Key())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Data, b.Data) || timeless(t, a.Meta) != timeless(t, b.Meta) {
			t.Errorf("%s of sample %d: %s, want %s", o.Key(), sample, b.Meta, a.Meta)
		}
	}
	if boxed != 1 {
		t.Errorf("%d maps know the box", boxed)
	}
}

// timeless is a description of a map without its time.
func timeless(t *testing.T, meta json.RawMessage) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(meta, &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "seconds")
	return fmt.Sprint(m)
}

// What cannot share the runs is made by a job that follows, and the job says so; auto is told by
// its method's name; a target that a sample does not have costs no other map.
func TestMapsThatFollowTheEvaluation(t *testing.T) {
	r := mapsRig(t)
	ctx := t.Context()
	requests, err := explain.Requests([]string{"occlusion", "auto"}, []string{"predicted", "class:9"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil, requests...)
	job = r.run(t, job, err)
	result := told(t, job)
	if result.Following == "" || len(result.Apart) != 1 || !strings.HasPrefix(result.Apart[0], "occlusion: it needs") || !slices.Equal(result.Methods, []string{"occlusion", "gradcam"}) {
		t.Fatalf("%+v", result)
	}
	following, err := r.jobs.Get(ctx, result.Following)
	if following = r.run(t, following, err); following.Kind != "explain" || following.Items != 40 {
		t.Errorf("it is followed by %+v", following)
	}
	_, page, err := r.store.Results.Samples(ctx, "photos~tiny", slice.Slice{}, results.ByPath, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range page {
		keys, err := r.store.Maps.MapKeys(ctx, "photos~tiny", s.ID)
		if err != nil || !slices.Equal(keys, []string{"gradcam~predicted~0", "occlusion~predicted~0"}) {
			t.Errorf("sample %d: %v, %v", s.ID, keys, err)
		}
	}
}

// Where only maps that share the runs are wanted, no job follows for others.
func TestOnlyMapsThatShareTheRuns(t *testing.T) {
	r := mapsRig(t)
	requests, err := explain.Requests([]string{"occlusion", "gradcam"}, nil, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	job, err := r.evaluate.StartWith(t.Context(), "photos", "tiny", nil, evaluate.With{Maps: requests, SharedOnly: true})
	job = r.run(t, job, err)
	if result := told(t, job); result.Following != "" || len(result.Apart) != 1 {
		t.Errorf("%+v", result)
	}
	lacking, err := r.store.Maps.Lacking(t.Context(), "photos~tiny", []string{requests[0].Key(), requests[1].Key()}, []int64{1}, false)
	if err != nil || !slices.Equal(lacking[0], []int{0}) {
		t.Errorf("lacking %v, %v", lacking, err)
	}
}

// Maps of an evaluation that is there already are made without running it again.
func TestMapsOfAnEvaluationThatIsThere(t *testing.T) {
	r, page := evaluatedRig(t)
	before := numbers(t, r.store, "photos~tiny", len(page))
	o := explain.MapOptions{Method: "gradcam", Target: "contrast"}
	job, err := r.evaluate.Start(t.Context(), "photos", "tiny", nil, o)
	job = r.run(t, job, err)
	result := told(t, job)
	if job.Items != 0 || result.Following == "" || len(result.Apart) > 0 {
		t.Fatalf("%+v says %+v", job, result)
	}
	following, err := r.jobs.Get(context.Background(), result.Following)
	if following = r.run(t, following, err); following.Items != len(page) || following.Failed != 0 {
		t.Errorf("it is followed by %+v", following)
	}
	if after := numbers(t, r.store, "photos~tiny", len(page)); after != before {
		t.Error("the predictions are other ones")
	}
}
