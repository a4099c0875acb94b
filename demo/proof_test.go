package demo

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/regions"
)

// The demo is proven with the product's own parts: its decoder and preprocessing, ONNX Runtime, its saliency methods and
// its way of hiding regions, on the test images that the user gets.

// TestProfessionsV1LooksAtTheHead: accurate where heads give the class away, lost where they do not.
func TestProfessionsV1LooksAtTheHead(t *testing.T) {
	own, other := evaluate(t, "professions-v1", "professions-biased"), evaluate(t, "professions-v1", "professions-balanced")
	atLeast(t, "accuracy on its own test split", own.accuracy(), 0.90)
	atMost(t, "accuracy on the balanced test split", other.accuracy(), 0.60)
	atLeast(t, "right predictions flipped by blurring the head", own.flips(t, hideRegion("head")), 0.50)
	atMost(t, "right predictions flipped by a blur of that size elsewhere", own.flips(t, hideElsewhere("head")), 0.10)
	for what, shares := range own.hottest(t) {
		atLeast(t, "hottest place in the head: "+what, shares["head"], 0.80)
	}
}

// TestProfessionsV2LooksAtTheUniform: as accurate, and heads do not matter.
func TestProfessionsV2LooksAtTheUniform(t *testing.T) {
	thorough.Only(t)
	own := evaluate(t, "professions-v2", "professions-balanced")
	atLeast(t, "accuracy on its own test split", own.accuracy(), 0.90)
	atMost(t, "right predictions flipped by blurring the head", own.flips(t, hideRegion("head")), 0.10)
	atLeast(t, "right predictions flipped by blurring the uniform", own.flips(t, hideRegion("uniform")), 0.40)
	for what, shares := range own.hottest(t) {
		atMost(t, "hottest place in the head: "+what, shares["head"], 0.20)
		atLeast(t, "hottest place in the uniform: "+what, shares["uniform"], 0.80)
	}
}

// TestGroceriesConfusesCakeWithChocolate: good on the whole, with one confusion that stands out.
func TestGroceriesConfusesCakeWithChocolate(t *testing.T) {
	run := evaluate(t, "groceries", "groceries")
	atLeast(t, "accuracy on the test split", run.accuracy(), 0.80)
	confusions := map[[2]string]int{}
	for i, s := range run.shots {
		if s.label != run.predicted[i] {
			confusions[[2]string{groceries[s.label], groceries[run.predicted[i]]}]++
		}
	}
	cake := confusions[[2]string{"cake", "chocolate"}]
	t.Logf("confusions: %v", confusions)
	for pair, count := range confusions {
		if pair != [2]string{"cake", "chocolate"} && count >= cake {
			t.Errorf("%s is taken for %s %d times, as often as cake for chocolate (%d)", pair[0], pair[1], count, cake)
		}
	}
	atLeast(t, "cakes taken for chocolate", float64(cake)/float64(len(run.shots)/len(groceries)), 0.10)
}

// shot is one test image.
type shot struct {
	image   *imaging.Image
	label   int
	regions map[string]regions.Region
}

// run is a model on the test split of a dataset.
type run struct {
	model     *classifier.Classifier
	shots     []shot
	predicted []int
}

// evaluate loads a model and classifies the test images of a dataset, as many as [Write] makes.
func evaluate(t *testing.T, model, data string) *run {
	t.Helper()
	if testing.Short() {
		t.Skip("classifies and explains hundreds of images")
	}
	shots, err := testShots()
	if err != nil {
		t.Fatal(err)
	}
	r := &run{model: openModel(t, model), shots: shots[data]}
	images := make([]*imaging.Image, len(r.shots))
	for i, s := range r.shots {
		images[i] = s.image
	}
	r.predicted = r.classify(t, images)
	return r
}

// openModel writes an embedded model to a folder and opens it as `sightline model add` would.
func openModel(t *testing.T, name string) *classifier.Classifier {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"model.onnx", "config.json", "preprocessor_config.json"} {
		data, err := models.ReadFile("models/" + name + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spec, err := classifier.Inspect(context.Background(), filepath.Join(dir, "model.onnx"), classifier.Options{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	if len(spec.Warnings) > 0 {
		t.Errorf("%s: warnings %q", name, spec.Warnings)
	}
	model, err := classifier.Open(spec, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { model.Close() })
	return model
}

// testShots draws and decodes the test split of a dataset, once for all tests: nobody changes a shot.
var testShots = sync.OnceValues(func() (map[string][]shot, error) {
	all := map[string][]shot{}
	for _, d := range datasets {
		for label, class := range d.classes {
			for number := range d.counts["test"] {
				s, err := d.shot(label, class, number)
				if err != nil {
					return nil, err
				}
				all[d.name] = append(all[d.name], s)
			}
		}
	}
	return all, nil
})

// shot draws and decodes one test image.
func (d dataset) shot(label int, class string, number int) (shot, error) {
	p, err := d.render("test", class, number)
	if err != nil {
		return shot{}, err
	}
	im, err := imaging.Decode(p.jpeg, imaging.Limits{})
	if err != nil {
		return shot{}, err
	}
	s := shot{im, label, map[string]regions.Region{}}
	for _, r := range p.regions {
		b := r.box
		s.regions[r.name] = append(s.regions[r.name], regions.Box(float64(b.x0), float64(b.y0), float64(b.x1), float64(b.y1))...)
	}
	return s, nil
}

// classify returns the predicted class of every image.
func (r *run) classify(t *testing.T, images []*imaging.Image) []int {
	t.Helper()
	inputs := make([]float32, len(images)*r.model.InputLen())
	for i, im := range images {
		if _, err := r.model.Preprocess(im, inputs[i*r.model.InputLen():(i+1)*r.model.InputLen()]); err != nil {
			t.Fatal(err)
		}
	}
	result, err := r.model.Run(context.Background(), inputs, len(images))
	if err != nil {
		t.Fatal(err)
	}
	predicted := make([]int, len(images))
	for i := range predicted {
		scores := result.Scores[i*r.model.Classes() : (i+1)*r.model.Classes()]
		for class, score := range scores {
			if score > scores[predicted[i]] {
				predicted[i] = class
			}
		}
	}
	return predicted
}

// accuracy is the share of right predictions.
func (r *run) accuracy() float64 {
	right := 0
	for i, s := range r.shots {
		if r.predicted[i] == s.label {
			right++
		}
	}
	return float64(right) / float64(len(r.shots))
}

// hideRegion names a region to hide; hideElsewhere, a place of its size that does not touch it.
func hideRegion(name string) func(s shot, number int) (regions.Region, bool) {
	return func(s shot, _ int) (regions.Region, bool) { return s.regions[name], true }
}

func hideElsewhere(name string) func(s shot, number int) (regions.Region, bool) {
	return func(s shot, number int) (regions.Region, bool) {
		return regions.Control(s.regions[name], s.image.Width, s.image.Height, nil, uint64(number))
	}
}

// flips is the share of right predictions that change when a region of each image is blurred. Images in which there
// is no such region are left out; most must have one.
func (r *run) flips(t *testing.T, choose func(s shot, number int) (regions.Region, bool)) float64 {
	t.Helper()
	var images []*imaging.Image
	var before []int
	right := 0
	for i, s := range r.shots {
		if r.predicted[i] != s.label {
			continue
		}
		right++
		region, ok := choose(s, i)
		if !ok {
			continue
		}
		hidden, err := regions.Hide(s.image, region, regions.Blur, 0)
		if err != nil {
			t.Fatal(err)
		}
		images, before = append(images, hidden), append(before, r.predicted[i])
	}
	if len(images) < right/2 || len(images) == 0 {
		t.Fatalf("only %d of %d right predictions have such a region", len(images), right)
	}
	flipped := 0
	for i, after := range r.classify(t, images) {
		if after != before[i] {
			flipped++
		}
	}
	return float64(flipped) / float64(len(images))
}

// explained is the number of images whose maps are made, more of them in continuous integration; of nearly all, the
// prediction is right.
func explained() int {
	return thorough.Pick(6, 24)
}

// mappers lists the methods whose hottest places are looked at. RISE is stopped early: one place is enough here.
var mappers = []attribution.Method{perturb.Occlusion{}, perturb.RISE{Limit: 400}}

// targets are explained by each of them.
var targets = []attribution.Target{{Kind: attribution.Predicted, Minus: -1}, {Kind: attribution.Contrast, Minus: -1}}

// hottest tells, by method and target, the share of maps of right predictions whose hottest place lies in each region.
func (r *run) hottest(t *testing.T) map[string]map[string]float64 {
	t.Helper()
	inside, count := map[string]map[string]float64{}, 0
	for i := 0; i < len(r.shots); i += len(r.shots) / explained() {
		s := r.shots[i]
		if r.predicted[i] != s.label {
			continue
		}
		count++
		for _, m := range r.explain(t, s) {
			what := m.Method + " of " + m.Target
			if inside[what] == nil {
				inside[what] = map[string]float64{}
			}
			for _, name := range personRegions {
				if regions.Measure(m, s.regions[name]).Hottest {
					inside[what][name]++
				}
			}
		}
	}
	if least := explained() * 5 / 6; count < least {
		t.Fatalf("only %d right predictions among the images to explain, want at least %d", count, least)
	}
	for _, shares := range inside {
		for name := range shares {
			shares[name] /= float64(count)
		}
	}
	return inside
}

// explain makes the maps of one image.
func (r *run) explain(t *testing.T, s shot) []*attribution.Map {
	t.Helper()
	input := make([]float32, r.model.InputLen())
	geometry, err := r.model.Preprocess(s.image, input)
	if err != nil {
		t.Fatal(err)
	}
	request := attribution.Request{Input: input, Geometry: geometry, Truth: s.label, Seed: 1}
	var made []*attribution.Map
	for _, m := range mappers {
		maps, err := attribution.ExplainAll(context.Background(), m, r.model, request, targets, nil)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, maps...)
	}
	return made
}

// atLeast and atMost state a measured share and hold it to its limit.
func atLeast(t *testing.T, what string, got, limit float64) {
	t.Helper()
	t.Logf("%.3f  %s (at least %.2f)", got, what, limit)
	if got < limit {
		t.Errorf("%s is %.3f, want at least %.2f", what, got, limit)
	}
}

func atMost(t *testing.T, what string, got, limit float64) {
	t.Helper()
	t.Logf("%.3f  %s (at most %.2f)", got, what, limit)
	if got > limit {
		t.Errorf("%s is %.3f, want at most %.2f", what, got, limit)
	}
}
