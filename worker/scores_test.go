package worker

import (
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/task"
)

// looker returns a function that makes an occlusion map of one of three images, with
// the scores that a worker has cached of it, and counts the pieces that the model ran.
func looker(t *testing.T, w *Worker) func(number int) (pieces int) {
	t.Helper()
	spec, err := classifier.Inspect(context.Background(), testmodel.Write(t, testmodel.Options{}), classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	stored, root := task.JSON(spec), t.TempDir()
	return func(number int) (pieces int) {
		t.Helper()
		model, release, err := w.Model(context.Background(), stored)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		s := w.Scorer(model, func(context.Context) error { pieces++; return nil })
		look(t, w, s, stored, plain(t, root, number))
		return pieces
	}
}

func look(t *testing.T, w *Worker, s Scorer, spec json.RawMessage, file string) {
	t.Helper()
	input, geometry, err := w.LoadInput(context.Background(), s, task.Image{File: file})
	if err != nil {
		t.Fatal(err)
	}
	key := KeyOf(spec, file, "occlusion")
	scores := w.Scores.Take(key)
	defer w.Scores.Put(key, scores)
	r := attribution.Request{Input: input, Geometry: geometry, Truth: attribution.NoTruth, Cached: scores}
	if _, err := attribution.Explain(context.Background(), perturb.Occlusion{}, s, r, nil); err != nil {
		t.Fatal(err)
	}
}

// plain writes an image of one colour, another for every number.
func plain(t *testing.T, root string, number int) string {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		im.SetRGBA(i%40, i/40, color.RGBA{uint8(60 * number), uint8(i % 200), 90, 255})
	}
	path := filepath.Join(root, strconv.Itoa(number)+".png")
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

func TestCachedScoresForgetTheOldest(t *testing.T) {
	w := New(Options{Cores: 1})
	defer w.Close()
	look := looker(t, w)
	look(0)
	one := w.Scores.held.Size()
	w.Scores.limit = 2 * one
	look(1)
	look(2)
	if size, n := w.Scores.held.Size(), w.Scores.held.Len(); size != 2*one || n != 2 {
		t.Errorf("%d bytes of %d images are kept, want %d of 2", size, n, 2*one)
	}
	if look(2) != 0 {
		t.Error("the latest image was forgotten")
	}
	if look(0) == 0 {
		t.Error("the oldest image was not forgotten")
	}
}
