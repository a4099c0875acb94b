package work

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/worker"
)

// failing is a run of maps over images of noise, those of the listed numbers white.
type failing struct {
	*mapsRun
	subjects []*subject
}

func newFailing(t *testing.T, o worker.Options, m *onnx.Model, images int, white []int, methods []string, targets []string) *failing {
	t.Helper()
	ctx := context.Background()
	w := worker.New(o)
	t.Cleanup(w.Close)
	spec, err := classifier.Inspect(ctx, testmodel.Save(t, m), classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	stored := task.JSON(spec)
	requests, err := explain.Requests(methods, targets, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	model, release, err := w.Model(ctx, stored)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	groups, err := grouped(requests)
	if err != nil {
		t.Fatal(err)
	}
	f := &failing{mapsRun: &mapsRun{worker: w, scorer: w.Scorer(model, worker.AtOnce), Payload: explain.Payload{Spec: stored, Maps: requests}, groups: groups, reasons: make([]error, images)}}
	for i := range images {
		file := noise(t, uint64(i))
		if len(white) > 0 && white[0] == i {
			file, white = whiteImage(t), white[1:]
		}
		it := explain.Item{ID: int64(i), Image: task.Image{File: file}, Truth: i % 10}
		for which := range requests {
			it.Need = append(it.Need, which)
		}
		input, g, err := w.LoadInput(ctx, f.scorer, it.Image)
		if err != nil {
			t.Fatal(err)
		}
		f.subjects = append(f.subjects, &subject{index: i, item: it, input: input, geometry: g, maps: make([]*attribution.Map, len(requests))})
	}
	return f
}

func (f *failing) makeAll(subjects []*subject) error {
	for _, g := range f.groups {
		if err := f.make(context.Background(), g, subjects); err != nil {
			return err
		}
	}
	return nil
}

func whiteImage(t *testing.T) string {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 32, 32))
	draw.Draw(im, im.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	path := filepath.Join(t.TempDir(), "white.png")
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

// Images on which the runtime reports an error have no maps, with the reason; the others have
// the maps that they have alone, of methods that share runs and of those that do not.
func TestErrorOnAnImageSpoilsNoOtherMap(t *testing.T) {
	for name, white := range map[string][]int{"one": {4}, "first": {0}, "neighbours": {7, 8}, "most": {0, 1, 2, 4, 5, 6, 7, 8, 9, 10}} {
		t.Run(name, func(t *testing.T) {
			f := newFailing(t, worker.Options{Cores: 2}, testmodel.ErrorOnWhite(), 11, white, []string{"gradient", "occlusion"}, []string{"predicted", "true"})
			if err := f.makeAll(f.subjects); err != nil {
				t.Fatal(err)
			}
			bad := map[int]bool{}
			for _, i := range white {
				bad[i] = true
			}
			for i, s := range f.subjects {
				for which, m := range s.maps {
					if (m != nil) == bad[i] {
						t.Errorf("image %d, map %d: %v, white %v: %v", i, which, m != nil, bad[i], f.reasons[i])
					}
				}
				if bad[i] != (f.reasons[i] != nil) || bad[i] && !strings.Contains(f.reasons[i].Error(), "Gather") {
					t.Errorf("image %d: %v", i, f.reasons[i])
				}
			}
			f.compareWithAlone(t, 3)
		})
	}
}

// compareWithAlone makes an image's maps again, alone.
func (f *failing) compareWithAlone(t *testing.T, i int) {
	t.Helper()
	alone := *f.subjects[i]
	alone.maps = make([]*attribution.Map, len(alone.maps))
	if err := f.makeAll([]*subject{&alone}); err != nil {
		t.Fatal(err)
	}
	for which, m := range f.subjects[i].maps {
		for k, v := range m.Values {
			if d := math.Abs(float64(v - alone.maps[which].Values[k])); d > 1e-6 {
				t.Fatalf("map %d, value %d: %v, alone %v", which, k, v, alone.maps[which].Values[k])
			}
		}
	}
}

// Two images on which the model does not end are set aside, each after one limit, whatever is
// asked of them; a third ends the job.
func TestEndlessImagesSpoilNoOtherMap(t *testing.T) {
	thorough.Only(t)
	for _, white := range [][]int{{1, 3}, {1, 3, 4}} {
		f := newFailing(t, worker.Options{Cores: 2, RunLimit: time.Second}, testmodel.EndlessOnWhite(), 6, white, []string{"occlusion", "rise"}, []string{"predicted", "true"})
		began := time.Now()
		err := f.makeAll(f.subjects)
		if took := time.Since(began); took > time.Duration(4*len(white))*time.Second {
			t.Errorf("%d images took %v", len(white), took)
		}
		if len(white) == 3 {
			if err == nil || !strings.HasPrefix(err.Error(), "on 3 images, the last of them ") {
				t.Errorf("three endless images: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range f.subjects {
			made := s.maps[0] != nil && s.maps[3] != nil
			if hopeless := i == 1 || i == 3; made == hopeless || hopeless != (f.reasons[i] != nil) {
				t.Errorf("image %d: made %v, %v", i, made, f.reasons[i])
			}
		}
	}
}
