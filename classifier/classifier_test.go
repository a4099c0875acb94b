package classifier_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// The variations real exporters show, and what must be recognised of each.
var kinds = []struct {
	name       string
	options    testmodel.Options
	layout     imaging.Layout
	activation classifier.Activation
	logits     string // "" is hidden
	classes    int
	batch      classifier.BatchMode
	fixed      int
}{
	{"logits", testmodel.Options{}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Dynamic, 0},
	{"softmax", testmodel.Options{End: "Softmax"}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
	{"old softmax", testmodel.Options{End: "Softmax", Opset: 7}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
	{"log-softmax", testmodel.Options{End: "LogSoftmax"}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
	{"spelled softmax", testmodel.Options{End: "spelled"}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
	{"sigmoid", testmodel.Options{End: "Sigmoid"}, imaging.NCHW, classifier.Sigmoid, "logits", 3, classifier.Dynamic, 0},
	{"one sigmoid", testmodel.Options{End: "Sigmoid", Classes: 1}, imaging.NCHW, classifier.Sigmoid1, "logits", 2, classifier.Dynamic, 0},
	{"one logit", testmodel.Options{Classes: 1}, imaging.NCHW, classifier.Sigmoid1, "scores", 2, classifier.Dynamic, 0},
	{"hidden sigmoid", testmodel.Options{End: "HardSigmoid", Classes: 1}, imaging.NCHW, classifier.Sigmoid1, "", 2, classifier.Dynamic, 0},
	{"channels last", testmodel.Options{NHWC: true, End: "Softmax"}, imaging.NHWC, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
	{"bytes", testmodel.Options{DType: onnx.Uint8, NHWC: true}, imaging.NHWC, classifier.Logits, "scores", 3, classifier.Dynamic, 0},
	{"half", testmodel.Options{DType: onnx.Float16, End: "Softmax"}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
	{"grey", testmodel.Options{Channels: 1}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Dynamic, 0},
	{"free size", testmodel.Options{Side: -1}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Dynamic, 0},
	{"batch of one", testmodel.Options{Batch: 1}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Rewritten, 0},
	{"baked batch", testmodel.Options{Batch: 1, Baked: true, End: "Softmax"}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Rewritten, 0},
	{"batch of four", testmodel.Options{Batch: 4}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Rewritten, 0},
	{"falsely free batch", testmodel.Options{Baked: true}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Fixed, 1},
	{"weights as inputs", testmodel.Options{WeightsIn: true, Opset: 7, Batch: 1}, imaging.NCHW, classifier.Logits, "scores", 3, classifier.Rewritten, 0},
	{"features beside", testmodel.Options{Features: true, End: "Softmax"}, imaging.NCHW, classifier.Softmax, "logits", 3, classifier.Dynamic, 0},
}

func TestKindsOfModels(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			path := testmodel.Write(t, k.options)
			s := inspect(t, path, classifier.Options{})
			if s.Input.Layout != k.layout || s.Activation != k.activation || s.LogitTensor != k.logits || s.Output.Classes != k.classes {
				t.Errorf("got %v, %v, logits %q, %d classes; want %v, %v, %q, %d", s.Input.Layout, s.Activation, s.LogitTensor, s.Output.Classes, k.layout, k.activation, k.logits, k.classes)
			}
			if s.Batch.Mode != k.batch || s.Batch.Fixed != k.fixed {
				t.Errorf("batch %v %d (%s), want %v %d", s.Batch.Mode, s.Batch.Fixed, s.Batch.Note, k.batch, k.fixed)
			}
			if s.EmbeddingSize != testmodel.Features {
				t.Errorf("embedding %q of %d values, want %d; warnings %q", s.EmbeddingTensor, s.EmbeddingSize, testmodel.Features, s.Warnings)
			}
			compareWithFile(t, s)
		})
	}
}

// compareWithFile checks that a batch of five gives, image by image, the scores the
// untouched file gives under the runtime.
func compareWithFile(t *testing.T, s *classifier.Spec) {
	t.Helper()
	c := openSpec(t, s)
	const n = 5
	inputs := randomInputs(t, c, n)
	r, err := c.Run(context.Background(), inputs, n)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Embedding) != n*s.EmbeddingSize || len(r.Logits) != n*s.Output.Classes || len(r.NotFinite) > 0 {
		t.Fatalf("%d embedding values, %d logits, not finite %v", len(r.Embedding), len(r.Logits), r.NotFinite)
	}
	for i := range n {
		want := runFile(t, s, inputs[i*c.InputLen():(i+1)*c.InputLen()])
		got := r.Scores[i*s.Output.Classes : (i+1)*s.Output.Classes]
		for j, w := range expectedScores(s, want) {
			if d := math.Abs(float64(got[j]) - w); d > 1e-3 || (s.Input.DType != classifier.Float16 && d > 1e-6) {
				t.Errorf("image %d class %d: score %v, the file gives %v", i, j, got[j], w)
			}
		}
	}
}

// expectedScores turns what the file gives into scores, in the slow, obvious way.
func expectedScores(s *classifier.Spec, values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	switch {
	case s.Activation == classifier.Sigmoid1 && s.LogitTensor == s.Output.Name:
		return []float64{1 - sigmoid(out[0]), sigmoid(out[0])}
	case s.Activation == classifier.Sigmoid1:
		return []float64{1 - out[0], out[0]}
	case s.Activation == classifier.Logits || out[0] < 0: // logits and log-softmax
		sum := 0.0
		for _, v := range out {
			sum += math.Exp(v)
		}
		for i, v := range out {
			out[i] = math.Exp(v) / sum
		}
	}
	return out
}

// runFile runs the file as it is on one sample, repeated to its declared batch.
func runFile(t *testing.T, s *classifier.Spec, sample []float32) []float32 {
	t.Helper()
	m, err := onnx.ReadFile(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	n := max(1, m.Graph.RequiredInputs()[0].Shape[0].Size)
	output := m.Graph.AddOutput(s.Output.Name, m.Graph.Output(s.Output.Name).Type)
	session, err := ort.Open(m.Marshal(), []string{s.Input.Name}, []string{output}, ort.Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	values := slices.Repeat(sample, int(n))
	in := &ort.Tensor{Shape: []int64{n, int64(s.Input.Channels), int64(s.Input.Height), int64(s.Input.Width)}, Data: values}
	if s.Input.Layout == imaging.NHWC {
		in.Shape = []int64{n, int64(s.Input.Height), int64(s.Input.Width), int64(s.Input.Channels)}
	}
	switch s.Input.DType {
	case classifier.Uint8:
		bytes := make([]uint8, len(values))
		for i, v := range values {
			bytes[i] = uint8(v)
		}
		in.Data = bytes
	case classifier.Float16:
		half := make(ort.Half, len(values))
		for i, v := range values {
			half[i] = onnx.FloatToHalf(v)
		}
		in.Data = half
	}
	out, err := session.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	all := out[0].Floats()
	return all[:len(all)/int(n)]
}

func randomInputs(t *testing.T, c *classifier.Classifier, n int) []float32 {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, n*c.InputLen())
	for i := range n {
		im := &imaging.Image{Width: 13, Height: 9, Pix: make([]uint8, 3*13*9)}
		base := r.IntN(200)
		for j := range im.Pix {
			im.Pix[j] = uint8(base + r.IntN(56))
		}
		if _, err := c.Preprocess(im, values[i*c.InputLen():(i+1)*c.InputLen()]); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

func inspect(t *testing.T, path string, o classifier.Options) *classifier.Spec {
	t.Helper()
	s, err := classifier.Inspect(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNotFiniteSamplesAreListed(t *testing.T) {
	s := inspect(t, testmodel.Write(t, testmodel.Options{NaN: true, Batch: 1}), classifier.Options{Preprocessing: "plain"})
	c := openSpec(t, s)
	inputs := randomInputs(t, c, 4)
	for i := range c.InputLen() {
		inputs[2*c.InputLen()+i] = 1e4 // the logarithm of a negative number
	}
	r, err := c.Run(context.Background(), inputs, 4)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.NotFinite, []int{2}) {
		t.Errorf("samples not finite: %v, want [2]; logits %v", r.NotFinite, r.Logits)
	}
}

func TestSamplesDoNotInfluenceEachOther(t *testing.T) {
	s := inspect(t, testmodel.Write(t, testmodel.Options{Batch: 1, Baked: true}), classifier.Options{})
	c := openSpec(t, s)
	inputs := randomInputs(t, c, 70) // several pieces of the recommended batch
	all, err := c.Run(context.Background(), inputs, 70)
	if err != nil {
		t.Fatal(err)
	}
	one, err := c.Score(context.Background(), inputs[69*c.InputLen():], 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range one {
		if d := math.Abs(float64(v - all.Logits[69*3+i])); d > 1e-5 {
			t.Errorf("class %d of the last sample: %v alone, %v among others", i, v, all.Logits[69*3+i])
		}
	}
}

func TestRunAnswers(t *testing.T) {
	c := openSpec(t, inspect(t, testmodel.Write(t, testmodel.Options{}), classifier.Options{}))
	if _, err := c.Run(context.Background(), make([]float32, 5), 1); err == nil {
		t.Error("a short input was accepted")
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Run(cancelled, make([]float32, c.InputLen()), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled run: %v", err)
	}
	c.Close()
	if _, err := c.Run(context.Background(), make([]float32, c.InputLen()), 1); !errors.Is(err, ort.ErrClosed) {
		t.Errorf("run after Close: %v", err)
	}
}

func TestOpenRefusesAnotherFile(t *testing.T) {
	path := testmodel.Write(t, testmodel.Options{})
	s := inspect(t, path, classifier.Options{})
	if err := os.WriteFile(path, testmodel.Build(testmodel.Options{Classes: 4}).Marshal(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := classifier.Open(s, 1); !errors.Is(err, classifier.ErrChanged) {
		t.Errorf("opening a changed file: %v", err)
	}
}

// The batch of a file is a rule on its graph: the same wherever it is added.
func TestRecommendedBatch(t *testing.T) {
	for name, want := range map[string]int{"mobilenet_v2": 2, "resnet18": 4, "resnet50": 4, "squeezenet1_1": 2} {
		t.Run(name, func(t *testing.T) {
			if s := inspect(t, testdata.Architecture(t, name), classifier.Options{}); s.Batch.Recommended != want {
				t.Errorf("a batch of %d, want %d", s.Batch.Recommended, want)
			}
		})
	}
	if s := inspect(t, testmodel.Write(t, testmodel.Options{}), classifier.Options{}); s.Batch.Recommended != 32 {
		t.Errorf("a small model has a batch of %d, want 32", s.Batch.Recommended)
	}
}

func TestNameComesFromTheFile(t *testing.T) {
	path := testmodel.Write(t, testmodel.Options{})
	if s := inspect(t, path, classifier.Options{}); s.Name != filepath.Base(filepath.Dir(path)) || !filepath.IsAbs(s.Path) || len(s.SHA256) != 64 {
		t.Errorf("name %q, path %q, hash %q", s.Name, s.Path, s.SHA256)
	}
	renamed := filepath.Join(filepath.Dir(path), "resnet18.v2.onnx")
	if err := os.Rename(path, renamed); err != nil {
		t.Fatal(err)
	}
	path = renamed
	if s := inspect(t, path, classifier.Options{}); s.Name != "resnet18.v2" {
		t.Errorf("name %q", s.Name)
	}
	if s := inspect(t, path, classifier.Options{Name: "mine"}); s.Name != "mine" || !strings.HasPrefix(s.Outputs[0], "scores") {
		t.Errorf("name %q, outputs %v", s.Name, s.Outputs)
	}
}
