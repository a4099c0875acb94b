package trust_test

import (
	"context"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/regions"
)

// A real classifier on real photographs: what speaks for the predicted class
// lies on the products more than elsewhere, and hiding the products costs the
// prediction more score than hiding as much of the rest of the image.
func TestRealPhotographs(t *testing.T) {
	dir := testdata.Dir(t)
	model := open(t, filepath.Join(dir, "models", "groceries-freiburg-mobilenetv2", "model.onnx"))
	products := filepath.Join(dir, "images", "freiburg-groceries")
	ratio, hidden, control, measured, controlled := 0.0, 0.0, 0.0, 0, 0
	for _, class := range []string{"beans", "cake", "chips", "chocolate", "coffee", "honey", "juice", "milk", "tea", "water"} {
		name, im, boxes := photograph(t, products, class)
		if len(boxes) != 1 { // several products: hiding one leaves the others
			continue
		}
		x, g := input(t, model, im)
		m, err := attribution.Explain(context.Background(), perturb.Occlusion{Grid: 7}, model, attribution.Request{Input: x, Geometry: g, Truth: attribution.NoTruth}, nil)
		if err != nil {
			t.Fatal(err)
		}
		mass := regions.Measure(m, boxes[0])
		if mass.Area > 0.7 { // the product fills the image: nothing to compare with
			continue
		}
		measured++
		ratio += mass.Ratio
		hidden += fall(t, model, im, boxes[0], m)
		if moved, ok := regions.Control(boxes[0], g.DisplayWidth, g.DisplayHeight, nil, 1); ok {
			control += fall(t, model, im, moved, m)
			controlled++
		}
		t.Logf("%s: share %.2f on %.2f of the image, hottest inside %v", name, mass.Share, mass.Area, mass.Hottest)
	}
	if measured == 0 {
		t.Fatal("no photograph has one product with room around it")
	}
	t.Logf("mean ratio %.2f; hiding the product costs %.2f (%d photographs), as much of the rest %.2f (%d)",
		ratio/float64(measured), hidden/float64(measured), measured, control/float64(max(controlled, 1)), controlled)
	if ratio/float64(measured) <= 1 {
		t.Errorf("mean ratio of share to area is %.2f, want above 1", ratio/float64(measured))
	}
	if controlled > 0 && hidden/float64(measured) <= control/float64(controlled) {
		t.Error("hiding the product costs no more than hiding something else")
	}
}

func open(t *testing.T, path string) *classifier.Classifier {
	t.Helper()
	spec, err := classifier.Inspect(context.Background(), path, classifier.Options{Preprocessing: "imagenet"})
	if err != nil {
		t.Fatal(err)
	}
	model, err := classifier.Open(spec, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { model.Close() })
	return model
}

// photograph reads the first image of a class and the boxes of its Pascal VOC
// file.
func photograph(t *testing.T, dir, class string) (string, *imaging.Image, []regions.Region) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "images", class, "*.png"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no images of %s: %v", class, err)
	}
	im := phototest.Decode(t, paths[0])
	name := strings.TrimSuffix(filepath.Base(paths[0]), ".png")
	notes, err := os.ReadFile(filepath.Join(dir, "annotations", class, name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return name, im, boxesOf(t, notes)
}

func boxesOf(t *testing.T, notes []byte) []regions.Region {
	t.Helper()
	var voc struct {
		Objects []struct {
			Box struct {
				Left   float64 `xml:"xmin"`
				Top    float64 `xml:"ymin"`
				Right  float64 `xml:"xmax"`
				Bottom float64 `xml:"ymax"`
			} `xml:"bndbox"`
		} `xml:"object"`
	}
	if err := xml.Unmarshal(notes, &voc); err != nil {
		t.Fatal(err)
	}
	var boxes []regions.Region
	for _, o := range voc.Objects {
		boxes = append(boxes, regions.Box(o.Box.Left, o.Box.Top, o.Box.Right, o.Box.Bottom))
	}
	return boxes
}

func input(t *testing.T, model *classifier.Classifier, im *imaging.Image) ([]float32, imaging.Geometry) {
	t.Helper()
	x := make([]float32, model.InputLen())
	g, err := model.Preprocess(im, x)
	if err != nil {
		t.Fatal(err)
	}
	return x, g
}

// fall is how far the explained score falls when a region is hidden.
func fall(t *testing.T, model *classifier.Classifier, im *imaging.Image, region regions.Region, m *attribution.Map) float64 {
	t.Helper()
	masked, err := regions.Hide(im, region, regions.Blur, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := input(t, model, masked)
	logits, err := model.Score(context.Background(), x, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m.Score - float64(logits[m.TargetIndex])
}
