package trust_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/demo"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/trust"
)

// The negative control: of the maps of models with random weights at most 5 % are
// green. The models are the demo's, every weight in random order; the maps are
// those of one method per family, each as faithful to its random model as to a
// trained one. The same images and methods on the trained models show that the
// badge is not simply never green.
func TestModelsWithRandomWeightsAreNotTrusted(t *testing.T) {
	thorough.Only(t)
	dir := t.TempDir()
	random, trained := tally{}, tally{}
	// images a random model, random models, images of a trained model
	const each, seeds, own = 6, uint64(3), 3
	for _, c := range []struct{ model, data string }{{"professions-v1", "professions-biased"}, {"groceries", "groceries"}} {
		if err := demo.WriteTraining(context.Background(), dir, c.data, map[string]int{"test": 1}, nil); err != nil {
			t.Fatal(err)
		}
		images, err := filepath.Glob(filepath.Join(dir, c.data, "test", "*", "*.jpg"))
		if err != nil || len(images) < 6 {
			t.Fatalf("%d images: %v", len(images), err)
		}
		trained.assess(t, openDemo(t, c.model, 0), images[:own])
		for seed := range seeds {
			random.assess(t, openDemo(t, c.model, seed+1), images[:each])
		}
	}
	low, high := stats.Wilson(random.green, random.maps, 0.95)
	t.Logf("random weights: %d of %d maps are green (95 %% interval %.3f to %.3f); trained: %d of %d", random.green, random.maps, low, high, trained.green, trained.maps)
	if 20*random.green > random.maps {
		t.Errorf("%d of %d maps of random models are green, want at most 5 %%", random.green, random.maps)
	}
	if 3*trained.green < trained.maps {
		t.Errorf("%d of %d maps of trained models are green, want at least a third", trained.green, trained.maps)
	}
}

// tally counts verdicts.
type tally struct{ maps, green int }

func (c *tally) assess(t *testing.T, model *classifier.Classifier, images []string) {
	t.Helper()
	for i, path := range images {
		im := phototest.Decode(t, path)
		x, g := input(t, model, im)
		r := attribution.Request{Input: x, Geometry: g, Truth: attribution.NoTruth, Seed: uint64(i)}
		for _, method := range []attribution.Method{perturb.Occlusion{}, cam.GradCAM{}} {
			m, err := attribution.Explain(context.Background(), method, model, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			found, err := trust.Evaluate(context.Background(), model, r, m, trust.Options{Seed: uint64(i)})
			if err != nil {
				t.Fatal(err)
			}
			c.maps++
			if found.Verdict == trust.Green {
				c.green++
			}
			t.Logf("%s %s: %s: %s", model.Spec().Name, method.Name(), found.Verdict, found.Reason)
		}
	}
}

// openDemo opens a model of the demo, for seed > 0 with random weights.
func openDemo(t *testing.T, name string, seed uint64) *classifier.Classifier {
	t.Helper()
	source := filepath.Join("..", "demo", "models", name)
	m, err := onnx.ReadFile(filepath.Join(source, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	if seed > 0 {
		if m, err = trust.Randomise(m, 0, seed); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Marshal(), 0o600); err != nil {
		t.Fatal(err)
	}
	spec, err := classifier.Inspect(context.Background(), path, classifier.Options{
		Name: name, Preprocessing: filepath.Join(source, "preprocessor_config.json")})
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
