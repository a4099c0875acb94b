package work

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/tasks/explain"
)

// opened is a model with the preprocessing that is found beside it.
func opened(t *testing.T, path string) *classifier.Classifier {
	t.Helper()
	spec, err := classifier.Inspect(t.Context(), path, classifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	model, err := classifier.Open(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { model.Close() })
	return model
}

// noisy are a batch of inputs, made of images of noise.
func noisy(t *testing.T, model *classifier.Classifier, n int) []float32 {
	t.Helper()
	r, size := rand.New(rand.NewPCG(3, 9)), model.InputLen()
	inputs := make([]float32, n*size)
	for i := range n {
		im := &imaging.Image{Width: 97, Height: 71, Pix: make([]uint8, 3*97*71)}
		base := byte(r.IntN(160))
		for k := range im.Pix {
			im.Pix[k] = base + byte(r.IntN(90))
		}
		if _, err := model.Preprocess(im, inputs[i*size:(i+1)*size]); err != nil {
			t.Fatal(err)
		}
	}
	return inputs
}

// rounded is the reason of models of half precision, and of those with normalisations that
// exporters usually fold into convolutions.
const rounded = "rounded differently in the graph that gradients are made of"

var bySharedPass = []string{"gradcam", "hirescam", "layercam", "gradcampp", "xgradcam", "eigencam"}

// sharesWell compares what a shared pass gives of a batch with what the model and the methods
// give in runs of their own: predictions to the bit, maps within 1e-6 of their largest value.
func sharesWell(t *testing.T, model *classifier.Classifier, methods ...string) *Shared {
	t.Helper()
	requests, err := explain.Requests(methods, []string{"contrast", "predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Share(t.Context(), model, requests)
	if err != nil {
		t.Fatal(err)
	}
	if s.Forward == nil {
		return s
	}
	n := max(1, min(5, model.Spec().Batch.Recommended)) // more than the trials that proved it
	if model.Spec().Batch.Mode == classifier.Fixed {
		n = model.Spec().Batch.Fixed
	}
	inputs := noisy(t, model, n)
	got, err := s.Run(t.Context(), inputs, n)
	if err != nil {
		t.Fatal(err)
	}
	want, err := model.Run(t.Context(), inputs, n)
	if err != nil {
		t.Fatal(err)
	}
	if !sameBits(got.Logits, want.Logits) || !sameBits(got.Scores, want.Scores) || !sameBits(got.Embedding, want.Embedding) {
		t.Error("predictions of a shared pass are other ones")
	}
	worst := 0.0
	for _, g := range s.groups {
		worst = math.Max(worst, comparePass(t, s, g, inputs, n, got))
	}
	t.Logf("shared by %d methods; maps differ by %.2g of their largest value at most; apart %q", len(s.groups), worst, s.Apart)
	if worst > 1e-6 {
		t.Errorf("maps differ by %.3g of their largest value", worst)
	}
	return s
}

// comparePass is how far the maps of a pass are from those of a method's own runs.
func comparePass(t *testing.T, s *Shared, g sharedGroup, inputs []float32, n int, result *classifier.Result) (worst float64) {
	t.Helper()
	requests, size := make([]attribution.Request, n), s.model.InputLen()
	for i := range requests {
		requests[i] = s.request(g, inputs[i*size:(i+1)*size], imaging.Geometry{}, i%2*2-1)
	}
	shared, errs := g.method.ExplainPass(t.Context(), s.model, requests, g.targets, g.pass(result))
	own, fails := g.method.ExplainBatch(t.Context(), s.model, requests, g.targets, nil)
	for i := range requests {
		if errs[i] != nil || fails[i] != nil {
			t.Fatalf("%s: %v, %v", g.Method, errs[i], fails[i])
		}
		for k := range g.targets {
			a, b := own[i][k], shared[i][k]
			if a.TargetIndex != b.TargetIndex || a.MinusIndex != b.MinusIndex || a.Layer != b.Layer || a.Degenerate != b.Degenerate || math.Abs(a.Score-b.Score) > 1e-5*math.Max(1, math.Abs(a.Score)) {
				t.Errorf("%s: %+v and %+v", g.Method, a, b)
			}
			worst = math.Max(worst, apartBy(a.Values, b.Values))
		}
	}
	return worst
}

// apartBy is the largest difference as a share of the largest value.
func apartBy(a, b []float32) float64 {
	largest, apart := 0.0, 0.0
	for i, v := range a {
		largest, apart = math.Max(largest, math.Abs(float64(v))), math.Max(apart, math.Abs(float64(v)-float64(b[i])))
	}
	if apart == 0 {
		return 0
	}
	return apart / largest
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// The models of the golden table, of which the listed ones cannot share, and why.
func TestRealModelsShareTheirPass(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no models", err)
	}
	apart := map[string]string{
		"cifar10-resnet20-torch": rounded, "cifar10-vit-pgd-torch": rounded, "flowers-mobilenetv2-0.35-tf2onnx": rounded, "imagenet-mobilenetv1-0.25-nhwc": rounded,
		"imagenet-squeezenet1.1-fp16": rounded, "person-vww-mobilenetv1-nhwc": rounded, "textdirection-paddle": rounded,
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			expectApart(t, sharesWell(t, opened(t, path), bySharedPass...), apart[name])
		})
	}
}

// expectApart compares why maps are made apart, "" for not at all.
func expectApart(t *testing.T, s *Shared, reason string) {
	t.Helper()
	if (s.Forward == nil) != (reason != "") || !strings.Contains(strings.Join(s.Apart, " "), reason) {
		t.Errorf("shared: %v; apart: %q, want %q", s.Forward != nil, s.Apart, reason)
	}
}

// Torchvision's architectures: outside of continuous integration two, there all but the slowest,
// and all with SIGHTLINE_STUDY.
func TestArchitecturesShareTheirPass(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(testdata.Architectures(t), "*.onnx"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no architectures", err)
	}
	apart := map[string]string{"densenet121": rounded, "maxvit_t": rounded, "swin_t": rounded, "mobilenet_v3_small": "the file has no tensor"}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".onnx")
		slow := slices.Contains([]string{"vgg16", "vit_b_16", "swin_t", "swin_v2_t", "resnet50", "convnext_tiny", "densenet121"}, name)
		if os.Getenv("SIGHTLINE_STUDY") == "" && (slow || !thorough.On() && name != "mobilenet_v2" && name != "resnet18") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			expectApart(t, sharesWell(t, opened(t, path), "gradcam"), apart[name])
		})
	}
}

// Generated models of every kind of input and end.
func TestGeneratedModelsShareTheirPass(t *testing.T) {
	for name, o := range map[string]testmodel.Options{
		"plain": {}, "channels last": {NHWC: true}, "bytes": {DType: onnx.Uint8}, "half": {DType: onnx.Float16}, "softmax": {End: "Softmax"},
		"sigmoid": {End: "Sigmoid"}, "fixed batch": {Batch: 4}, "grey": {Channels: 1}, "features": {Features: true}, "old": {WeightsIn: true},
	} {
		t.Run(name, func(t *testing.T) {
			o.Side = 24
			reason := ""
			if name == "half" {
				reason = rounded
			}
			expectApart(t, sharesWell(t, opened(t, testmodel.Write(t, o)), bySharedPass...), reason)
		})
	}
}

// A method that needs runs of its own is left apart, with the reason, beside one that shares.
func TestMethodsThatCannotShareAreNamed(t *testing.T) {
	model := opened(t, testmodel.Write(t, testmodel.Options{Side: 24}))
	requests, err := explain.Requests([]string{"occlusion", "gradcam"}, nil, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Share(t.Context(), model, requests)
	if err != nil || s.Forward == nil || len(s.groups) != 1 || s.groups[0].Method != "gradcam" || !slices.Equal(s.Apart, []string{"occlusion: it needs runs of its own"}) {
		t.Errorf("%+v, %v", s, err)
	}
	again, _ := Share(t.Context(), model, requests)
	if again != s {
		t.Error("it was opened twice")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	other, err := explain.Requests([]string{"layercam"}, nil, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Share(ended, model, other); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	if s, err := Share(t.Context(), model, other); err != nil || s.Forward == nil {
		t.Errorf("after a cancelled one: %+v, %v", s, err)
	}
}
