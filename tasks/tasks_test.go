package tasks

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// damage puts bad files into a folder of photos: cut short, empty, a lie.
func damage(t *testing.T, root string) {
	t.Helper()
	whole, err := os.ReadFile(filepath.Join(root, "0", "0000.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"short.jpg": whole[:len(whole)/2], "empty.png": nil, "again.jpg": whole[:len(whole)/2], "page.jpg": []byte("<html>no image</html>")} {
		if err := os.WriteFile(filepath.Join(root, "1", name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestImportKeepsThumbnailsAndQuarantines(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 30, 300, 200)
	damage(t, root)
	job := r.importFolder(t, root)
	d, err := r.store.Catalog.Dataset(ctx, "photos")
	if err != nil || d.Samples != 30 || d.Quarantined != 4 {
		t.Fatalf("%d samples and %d in quarantine, %v; want 30 and 4 (job %+v)", d.Samples, d.Quarantined, err, job)
	}
	page, err := r.store.Catalog.DatasetSamples(ctx, "photos", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range page {
		if s.Problem != "" {
			continue
		}
		thumb, err := r.store.Catalog.Thumbnail(ctx, s.Hash)
		if err != nil {
			t.Fatal(err)
		}
		im, err := jpeg.DecodeConfig(bytes.NewReader(thumb))
		if err != nil || im.Width != 256 || im.Height > 171 || im.Height < 170 {
			t.Fatalf("the thumbnail of %s is %d×%d, %v", s.Path, im.Width, im.Height, err)
		}
	}
	if again := r.importFolder(t, root); again.Items != 0 || again.ID == job.ID {
		t.Errorf("importing again: %+v", again)
	}
}

// TestScoresAreThoseOfSingleRuns compares every stored score with the model run
// on that image alone.
func TestScoresAreThoseOfSingleRuns(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 41, 60, 40)
	damage(t, root)
	r.importFolder(t, root)
	spec := r.addModel(t, testmodel.Options{Side: 32})
	if err := os.Remove(filepath.Join(root, "2", "0002.jpg")); err != nil {
		t.Fatal(err)
	}
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	job = r.run(t, job, err)
	if job.Done != 41 || job.Failed != 1 {
		t.Fatalf("%d done, %d failed; want 41 and the missing one", job.Done, job.Failed)
	}
	failed, err := r.store.Results.Failures(ctx, "photos~tiny")
	if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, "missing") {
		t.Errorf("failures %v, %v", failed, err)
	}
	compareWithSingleRuns(t, r, spec, 40)
	again, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	if again = r.run(t, again, err); again.Items != 1 {
		t.Errorf("evaluating again took %d samples, want the failed one", again.Items)
	}
}

func compareWithSingleRuns(t *testing.T, r *rig, spec *classifier.Spec, want int) {
	t.Helper()
	ctx := context.Background()
	model, err := classifier.Open(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	_, page, err := r.store.Results.Samples(ctx, "photos~tiny", slice.Slice{}, results.ByPath, 0, 1000)
	if err != nil || len(page) != want {
		t.Fatalf("%d predictions, %v; want %d", len(page), err, want)
	}
	for _, it := range page {
		s, err := r.store.Catalog.Sample(ctx, it.ID)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.store.Results.Prediction(ctx, "photos~tiny", it.ID)
		if err != nil {
			t.Fatal(err)
		}
		result := runAlone(t, model, s.File)
		for c, logit := range p.Logits() {
			if d := math.Abs(float64(logit - result.Logits[c])); d > 1e-5 {
				t.Fatalf("%s class %d: stored %v, alone %v", it.Path, c, logit, result.Logits[c])
			}
		}
		for i, v := range p.Embedding {
			if d := math.Abs(float64(v - result.Embedding[i])); d > 1e-5 {
				t.Fatalf("%s: embedding differs by %v", it.Path, d)
			}
		}
		if len(p.Embedding) != spec.EmbeddingSize {
			t.Fatalf("%d embedding values", len(p.Embedding))
		}
	}
}

func runAlone(t *testing.T, model *classifier.Classifier, path string) *classifier.Result {
	t.Helper()
	im, err := here(t).LoadImage(context.Background(), task.Image{File: path})
	if err != nil {
		t.Fatal(err)
	}
	input := make([]float32, model.InputLen())
	if _, err := model.Preprocess(im, input); err != nil {
		t.Fatal(err)
	}
	result, err := model.Run(context.Background(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestNaNOutputsAreQuarantined(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	root := t.TempDir()
	photos(t, root, 20, 40, 40)
	r.importFolder(t, root)
	settings := filepath.Join(t.TempDir(), "preprocessor_config.json")
	if err := os.WriteFile(settings, []byte(`{"size": {"height": 8, "width": 8}, "do_rescale": true, "rescale_factor": 0.3, "do_normalize": false}`), 0o644); err != nil {
		t.Fatal(err)
	}
	r.addModelWith(t, testmodel.Options{NaN: true}, settings)
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil)
	job = r.run(t, job, err)
	failed, err := r.store.Results.Failures(context.Background(), "photos~tiny")
	if err != nil || job.Failed == 0 || job.Failed == 20 || len(failed) != job.Failed || !strings.Contains(failed[0].Reason, "NaN") {
		t.Fatalf("%d failed, listed %v, %v", job.Failed, failed, err)
	}
}

func TestExplainOneAndMany(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
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
	options := explain.MapOptions{Method: "rise", Target: "contrast", Seed: 7}
	snapshots := 0
	one, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, options, func(s explain.Snapshot) error {
		if snapshots++; s.Map == nil || s.Done != s.Map.Evaluations || s.Total < s.Done {
			t.Errorf("snapshot %+v", s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if one.Method != "rise" || one.Seed != 7 || one.Geometry.DisplayWidth != 60 || one.Geometry.DisplayHeight != 40 || len(one.Values) != one.Width*one.Height {
		t.Errorf("got %+v", one)
	}
	job, err = r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath, Limit: 6}, false, options)
	if job = r.run(t, job, err); job.Items != 5 || job.Failed != 0 {
		t.Errorf("the slice made %d maps with %d failures, want the 5 that are not stored", job.Items, job.Failed)
	}
	stored, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, options, nil)
	if err != nil || stored.Seconds != one.Seconds || stored.Values[3] != one.Values[3] {
		t.Errorf("the stored map is another: %v", err)
	}
	compareMaps(t, r, page[2].ID, options)
	if err := os.Remove(filepath.Join(root, filepath.FromSlash(page[8].Path))); err != nil {
		t.Fatal(err)
	}
	job, err = r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: "photos~tiny"}, false, options)
	if job = r.run(t, job, err); job.Items != 3 || job.Failed != 1 || !strings.Contains(string(job.Result), "missing") {
		t.Errorf("with a missing file: %d maps, %d failures, result %s", job.Items, job.Failed, job.Result)
	}
	for _, bad := range []explain.MapOptions{{Method: "tea leaves"}, {Method: "rise", Options: map[string]string{"scaling": "loud"}}} {
		if _, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, bad, nil); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// compareMaps computes a map of the batch job again, in this process, on one
// core: where and in what pieces the model runs must not matter.
func compareMaps(t *testing.T, r *rig, sample int64, o explain.MapOptions) {
	t.Helper()
	ctx := context.Background()
	got, err := r.maps.Explain(ctx, "photos~tiny", sample, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	request, err := r.maps.SampleRequest(ctx, "photos~tiny", sample, o)
	if err != nil {
		t.Fatal(err)
	}
	want := explainHere(t, task.JSON(request))
	for i, v := range got.Values {
		if d := math.Abs(float64(v - want.Values[i])); d > 1e-5 {
			t.Fatalf("cell %d: %v, here %v", i, v, want.Values[i])
		}
	}
}

func TestStoppedExplanationIsNotStored(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 3, 400, 400)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 224})
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	r.run(t, job, err)
	stop := errors.New("the viewer is gone")
	_, err = r.maps.Explain(ctx, "photos~tiny", 1, explain.MapOptions{Method: "rise"}, func(explain.Snapshot) error { return stop })
	if !errors.Is(err, stop) {
		t.Fatalf("got %v", err)
	}
	if keys, err := r.store.Maps.MapKeys(ctx, "photos~tiny", 1); err != nil || len(keys) > 0 {
		t.Errorf("stored %v, %v", keys, err)
	}
}

func TestImagesAreMadeUprightInTheWorker(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	root := t.TempDir()
	photos(t, root, 1, 320, 200)
	s := &catalog.Sample{File: filepath.Join(root, "0", "0000.jpg")}
	thumb, err := r.importing.Thumbnail(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := jpeg.DecodeConfig(bytes.NewReader(thumb)); err != nil || c.Width != 256 || c.Height != 160 {
		t.Errorf("thumbnail %v, %v", c, err)
	}
	upright, err := r.importing.Upright(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := png.DecodeConfig(bytes.NewReader(upright)); err != nil || c.Width != 320 || c.Height != 200 {
		t.Errorf("image %v, %v", c, err)
	}
	if err := os.WriteFile(s.File, []byte("no image at all"), 0o644); err != nil {
		t.Fatal(err)
	}
	var coded *jobs.Coded
	if _, err := r.importing.Upright(context.Background(), s); !errors.As(err, &coded) || coded.Code != task.CodeImage {
		t.Errorf("a bad image gave %v", err)
	}
	if _, err := r.importing.Upright(context.Background(), &catalog.Sample{File: "/nowhere.png"}); !errors.As(err, &coded) || coded.Code != task.CodeFile {
		t.Errorf("a missing image gave %v", err)
	}
}

func TestBadModelsAndJobsSayWhy(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, []byte("<!doctype html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	var coded *jobs.Coded
	if _, err := r.inspect.AddModel(ctx, path, classifier.Options{}, false); !errors.As(err, &coded) || coded.Code != task.CodeModel {
		t.Errorf("a web page as a model gave %v", err)
	}
	if _, err := r.evaluate.Start(ctx, "nothing", "tiny", nil); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("an unknown dataset gave %v", err)
	}
	job, err := r.importing.Start(ctx, "", dataset.Source{Root: filepath.Join(t.TempDir(), "absent")})
	if err != nil {
		t.Fatal(err)
	}
	if job, err = r.jobs.Wait(ctx, job.ID); err != nil || job.State != jobs.Failed || job.Error == "" {
		t.Errorf("importing a missing folder: %+v, %v", job, err)
	}
}
