package work

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/worker"
)

// Images on which the runtime reports an error count as guessed, and so do candidates that
// make all of them such (values up to 255 are white for this model); where all images are, the
// model is to blame, and the probe says so.
func TestErrorOnAnImageEndsNoProbe(t *testing.T) {
	ctx := context.Background()
	spec, err := classifier.Inspect(ctx, testmodel.Save(t, testmodel.ErrorOnWhite()), classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	w := worker.New(worker.Options{Cores: 2})
	defer w.Close()
	model, release, err := w.Model(ctx, task.JSON(spec))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for white, fails := range map[int]bool{0: false, 2: false, 40: true} {
		r := probe.Request{Spec: task.JSON(spec), Items: shades(t, 40, white), Labels: []string{"0", "1", "2"}}
		found, err := Probe(ctx, w, w.Scorer(model, worker.AtOnce), r, nil)
		switch {
		case fails && (err == nil || !strings.Contains(err.Error(), "Gather")):
			t.Errorf("%d white images: %v", white, err)
		case !fails && (err != nil || found.LeftOut != 0 || found.Samples != 40 || found.Chosen.LogLoss >= math.Log(10)):
			t.Errorf("%d white images: %+v, %v", white, found, err)
		}
	}
}

// shades writes so many images, some of them white, the others of random colours.
func shades(t *testing.T, n, white int) (items []probe.Item) {
	t.Helper()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		c := color.RGBA{uint8(r.IntN(200)), uint8(r.IntN(200)), uint8(r.IntN(200)), 255}
		if i*7%n < white {
			c = color.RGBA{255, 255, 255, 255}
		}
		im := image.NewRGBA(image.Rect(0, 0, 40, 36))
		draw.Draw(im, im.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
		path := filepath.Join(dir, fmt.Sprintf("%d.png", i))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, im); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		items = append(items, probe.Item{Image: task.Image{File: path}, Label: fmt.Sprint(i % 3)})
	}
	return items
}
