package autodiff_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
)

// architectures that torchvision exports, with fixed random weights. Those with
// smooth activations must be as exact as float32 allows; the others may be one and
// a half times as far from float64 as PyTorch's own float32 is.
var architectures = []struct {
	name   string
	smooth bool
}{
	{"resnet18", false}, {"mobilenet_v2", false}, {"vgg16", false}, {"efficientnet_b0", true}, {"vit_b_16", true},
	{"convnext_tiny", true}, {"swin_t", true}, {"resnet50", false}, {"densenet121", false},
}

// feature names the tensor that is the usual CAM layer's result. The material's
// list lacks that of densenet121, whose name in the list is of a copy.
func feature(tensors map[string]map[string]any, name string) string {
	if f, ok := tensors[name]["cam_tensor"].(string); ok {
		return f
	}
	return "/features/norm5/BatchNormalization_output_0"
}

// TestTorchvision compares input and feature gradients with those that PyTorch
// computes in float64 (testdata/gradients.py), and those of the test material,
// where it stores them, too.
func TestTorchvision(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "torchvision")
	folder := testdata.Architectures(t)
	var tensors, limits map[string]map[string]any
	read(t, filepath.Join(dir, "onnx_tensors.json"), &tensors)
	read(t, filepath.Join(dir, "tolerances.json"), &limits)
	x := testdata.Archive{T: t, Path: filepath.Join(dir, "inputs.npz")}.Floats("x0_f32")
	for _, a := range architectures {
		t.Run(a.name, func(t *testing.T) {
			m, err := onnx.ReadFile(testdata.Architecture(t, a.name))
			if err != nil {
				t.Fatal(err)
			}
			run := differentiate(t, m, autodiff.Options{With: []string{m.Graph.Inputs[0].Name, feature(tensors, a.name)}})
			out := run(x, int(limits[a.name]["target"].(float64)))
			limit := 1e-4
			if !a.smooth {
				// Where a sum is within rounding of a kink, processors differ in the side it falls on.
				limit = max(limit, 1.5*limits[a.name]["input_grad_rel"].(float64))
			}
			ref := testdata.Archive{T: t, Path: filepath.Join(folder, a.name+".gradients.npz")}
			if _, err := os.Stat(ref.Path); err != nil {
				testdata.Missing(t, "no reference: %v", err)
			}
			report(t, "logits", distance(out[0].Floats(), ref.Floats("logits")), 1e-4)
			report(t, "input gradient", distance(out[1].Floats(), ref.Floats("input_grad0_f64")), limit)
			report(t, "feature gradient", distance(out[2].Floats(), ref.Floats("grad0_f64")), 1e-4)
			if stored := (testdata.Archive{T: t, Path: filepath.Join(dir, a.name+".npz")}); stored.Has("input_grad0_f64") {
				report(t, "input gradient of the material", distance(out[1].Floats(), stored.Floats("input_grad0_f64")), limit)
			}
		})
	}
}

func report(t *testing.T, name string, d, limit float64) {
	t.Helper()
	t.Logf("%s: relative error %.2g, limit %.2g", name, d, limit)
	if !(d <= limit) {
		t.Errorf("%s: relative error %.3g, limit %.2g", name, d, limit)
	}
}

// compareSlope compares f's slope along g, its gradient at x, with g's norm, for
// several steps of which the best counts: kinks spoil wide ones, rounding narrow
// ones.
func compareSlope(t *testing.T, x, g []float32, f func([]float32) float32) {
	t.Helper()
	norm, off := math.Sqrt(dot(g, g)), math.Inf(1)
	if !(norm > 0) || math.IsInf(norm, 0) {
		t.Fatalf("the gradient's norm is %g", norm)
	}
	for _, step := range []float64{1e-3, 3e-4, 1e-4, 3e-5} {
		off = min(off, math.Abs(slopeAlong(x, g, step, f)-norm)/norm)
	}
	t.Logf("norm %.4g, slope along the gradient off by %.2g", norm, off)
	if !(off < 0.05) {
		t.Errorf("the slope along the gradient is off its norm %.4g by %.2g", norm, off)
	}
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
