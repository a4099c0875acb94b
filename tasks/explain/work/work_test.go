package work

import (
	"context"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/worker"
)

// A target that one sample does not have costs it that map only.
func TestMissingTruthSpoilsNoOtherMap(t *testing.T) {
	w := worker.New(worker.Options{Cores: 1})
	t.Cleanup(w.Close)
	spec, err := classifier.Inspect(context.Background(), testmodel.Write(t, testmodel.Options{Side: 32}), classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	stored := task.JSON(spec)
	requests, err := explain.Requests([]string{"gradcam", "occlusion"}, []string{"true", "predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	model, release, err := w.Model(context.Background(), stored)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	groups, err := grouped(requests)
	if err != nil || len(groups) != 2 || len(groups[1].targets) != 2 {
		t.Fatalf("%+v, %v", groups, err)
	}
	items := []explain.Item{{ID: 1, Image: task.Image{File: noise(t, 1)}, Truth: 1}, {ID: 2, Image: task.Image{File: noise(t, 2)}, Truth: -1}}
	for i := range items {
		items[i].Need = []int{0, 1, 2, 3}
	}
	run := &mapsRun{worker: w, scorer: w.Scorer(model, worker.AtOnce), Payload: explain.Payload{Spec: stored, Maps: requests, Items: items}, groups: groups, reasons: make([]error, 2)}
	var subjects []*subject
	for i, it := range items {
		input, g, err := w.LoadInput(context.Background(), run.scorer, it.Image)
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, &subject{index: i, item: it, input: input, geometry: g, maps: make([]*attribution.Map, len(requests))})
	}
	for _, g := range groups {
		if err := run.make(context.Background(), g, subjects); err != nil {
			t.Fatal(err)
		}
	}
	has := func(s *subject) (list []bool) {
		for _, m := range s.maps {
			list = append(list, m != nil)
		}
		return list
	}
	if !slices.Equal(has(subjects[0]), []bool{true, true, true, true}) || !slices.Equal(has(subjects[1]), []bool{false, true, false, true}) {
		t.Errorf("maps: %v, %v", has(subjects[0]), has(subjects[1]))
	}
	if run.reasons[0] != nil || run.reasons[1] == nil || !strings.Contains(run.reasons[1].Error(), "gradcam") || !strings.Contains(run.reasons[1].Error(), "occlusion") {
		t.Errorf("reasons: %v", run.reasons)
	}
}

// noise writes an image of noise, another for every seed.
func noise(t *testing.T, seed uint64) string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	im := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range im.Pix {
		im.Pix[i] = byte(r.IntN(256)) | byte(i%4/3*255)
	}
	path := filepath.Join(t.TempDir(), "noise.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
	return path
}
