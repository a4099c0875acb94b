package classifier_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
)

// What the notes beside each model say about preprocessing, in the vocabulary of
// preprocessor_config.json. Sizes are left to the model where nothing is resized.
const (
	cifar   = `{"do_rescale": true, "image_mean": [0.4914,0.4822,0.4465], "image_std": [0.2023,0.1994,0.2010]}`
	steel   = `{"resample": 3, "do_rescale": true}`
	zeroOne = `{"do_rescale": true}`
	bgr     = `"do_rescale": false, "image_mean": [123,117,104], "image_std": [1,1,1], "do_flip_channel_order": true`
	crop256 = `"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "crop_rounding": "huggingface"`
	unit    = `"image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5]`
	normal  = `"image_mean": [0.485,0.456,0.406], "image_std": [0.229,0.224,0.225]`
)

// A parity case compares a model's answers on real photos with those an
// independent evaluator published beside them.
type parity struct {
	model, dataset, preprocessing string
	// rounded: the evaluator rounds the resized long side to the nearest pixel,
	// where torchvision and Hugging Face cut it off. The test follows it.
	rounded bool
}

var parities = []parity{
	{"cifar10-resnet20-torch", "cifar10", cifar, false},
	{"cifar10-tinymobilenet-external-data", "cifar10", cifar, false},
	{"cifar10-tinymobilenet-int8-qoperator", "cifar10", cifar, false},
	{"cifar10-vit-pgd-torch", "cifar10", cifar, false},
	{"flowers-mobilenetv2-0.35-tf2onnx", "flowers", `{"resample": 0, ` + unit + `}`, false},
	{"groceries-freiburg-mobilenetv2", "freiburg-groceries", `{` + normal + `}`, false},
	{"gtsrb-cnn-torch", "gtsrb", zeroOne, false},
	{"imagenet-mobilenetv1-0.25-nhwc", "imagenet-samples", `{` + crop256 + `, ` + unit + `}`, true},
	{"imagenet-mobilenetv2-int8-qdq", "imagenet-samples", `{` + crop256 + `, ` + normal + `}`, true},
	{"imagenet-squeezenet1.1-fp16", "imagenet-samples", `{` + crop256 + `, ` + bgr + `}`, true},
	{"mnist-cntk", "mnist", `{"do_rescale": false}`, false},
	{"person-vww-mobilenetv1-nhwc", "clothing-co-parsing", zeroOne, false},
	{"professions-idenprof-squeezenet", "idenprof", `{` + bgr + `}`, false},
	{"steel-v1-fp32", "steel-neu-det", steel, false},
	{"steel-v1-int8-qdq", "steel-neu-det", steel, false},
	{"steel-v4-fp32", "steel-neu-det", steel, false},
	{"steel-v4-int8-qoperator", "steel-neu-det", steel, false},
}

// tie is how close the reference's two best scores must be to count as tied: its
// CSV rounds to six digits.
const tie = 1e-5

func TestParityWithReferences(t *testing.T) {
	dir := testdata.Dir(t)
	for _, p := range parities {
		t.Run(p.model, func(t *testing.T) {
			c := openWith(t, filepath.Join(dir, "models", p.model, "model.onnx"), p.preprocessing)
			rows := readCSV(t, filepath.Join(dir, "reference", p.model+"__"+p.dataset+".csv"))
			var sum tally
			for _, row := range rows {
				path := filepath.Join(dir, "images", p.dataset, row[0])
				sum.add(t, c.Spec(), p.classify(t, c, path), path, row)
			}
			t.Logf("PARITY | %s | %s | %d | %d (%.4f) | %d | %d | %.2g |", p.model, p.dataset, sum.n, sum.right, float64(sum.right)/float64(sum.n), sum.other, sum.ties, sum.worst)
			for _, d := range sum.disagreements {
				t.Error(d)
			}
		})
	}
}

// tally counts agreements with the reference.
type tally struct {
	n, right, other, ties int
	worst                 float64 // largest difference of a probability
	disagreements         []string
}

func (s *tally) add(t *testing.T, spec *classifier.Spec, r *classifier.Result, path string, row []string) {
	best := argmax(r.Scores)
	first, second := parseFloat(t, row[3]), parseFloat(t, row[5])
	s.n++
	if spec.Classes[best] == row[1] {
		s.right++
	}
	if first-second < tie {
		s.ties++
	} else if spec.Classes[best] != row[2] {
		s.other++
		s.disagreements = append(s.disagreements, fmt.Sprintf("%s: %s, the reference says %s, which leads by %.3g", path, spec.Classes[best], row[2], first-second))
		return
	}
	s.worst = max(s.worst, math.Abs(ours(spec, r, row)-probability(spec, first, second)))
}

// probability is the reference's probability of its first class: the score itself,
// or, where the reference has logits of which it names two, that of the first
// against the second.
func probability(spec *classifier.Spec, first, second float64) float64 {
	if spec.Activation == classifier.Softmax {
		return first
	}
	return 1 / (1 + math.Exp(second-first))
}

// ours is the same figure of our result. Classes that share a name (ImageNet's
// two "crane") are told apart by the score.
func ours(spec *classifier.Spec, r *classifier.Result, row []string) float64 {
	value := func(name string, values []float32) float64 {
		best := math.Inf(-1)
		for i, class := range spec.Classes {
			if class == name {
				best = max(best, float64(values[i]))
			}
		}
		return best
	}
	if spec.Activation == classifier.Softmax {
		return value(row[2], r.Scores)
	}
	return probability(spec, value(row[2], r.Logits), value(row[4], r.Logits))
}

// openWith inspects and opens a model with a preprocessing document.
func openWith(t *testing.T, path, preprocessing string) *classifier.Classifier {
	t.Helper()
	file := filepath.Join(t.TempDir(), "preprocessing.json")
	if err := os.WriteFile(file, []byte(preprocessing), 0o600); err != nil {
		t.Fatal(err)
	}
	return openSpec(t, inspect(t, path, classifier.Options{Preprocessing: file}))
}

func openSpec(t *testing.T, spec *classifier.Spec) *classifier.Classifier {
	t.Helper()
	c, err := classifier.Open(spec, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// classify runs the photo at path as the reference's evaluator did.
func (p parity) classify(t *testing.T, c *classifier.Classifier, path string) *classifier.Result {
	t.Helper()
	im := phototest.Decode(t, path)
	settings := c.Spec().Preprocessing
	if edge := settings.Size.ShortestEdge; p.rounded && edge > 0 {
		side := func(v int) int { return int(math.Round(float64(v*edge) / float64(min(im.Width, im.Height)))) }
		settings.Size = imaging.Size{Width: side(im.Width), Height: side(im.Height)}
	}
	input := make([]float32, c.InputLen())
	if _, err := settings.Apply(im, input, c.Spec().Input.Layout); err != nil {
		t.Fatal(err)
	}
	r, err := c.Run(context.Background(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func argmax(values []float32) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func parseFloat(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
