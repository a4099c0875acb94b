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

// TestTorchvision compares input and feature gradients with float64 PyTorch's
// where the test material has them; of the others the slope along the gradient is
// compared with the gradient's norm.
func TestTorchvision(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "torchvision")
	folder := os.Getenv("SIGHTLINE_ARCHITECTURES")
	if folder == "" {
		t.Skip("needs SIGHTLINE_ARCHITECTURES, the folder that torchvision/export_models.py of the test material writes")
	}
	var tensors, limits map[string]map[string]any
	read(t, filepath.Join(dir, "onnx_tensors.json"), &tensors)
	read(t, filepath.Join(dir, "tolerances.json"), &limits)
	x := archive{t, filepath.Join(dir, "inputs.npz")}.floats("x0_f32")
	for _, a := range architectures {
		t.Run(a.name, func(t *testing.T) {
			m, err := onnx.ReadFile(filepath.Join(folder, a.name+".onnx"))
			if err != nil {
				t.Skipf("not exported: %v", err)
			}
			o := autodiff.Options{With: []string{m.Graph.Inputs[0].Name}}
			feature, _ := tensors[a.name]["cam_tensor"].(string)
			if feature != "" && a.name != "swin_t" {
				o.With = append(o.With, feature)
			}
			run := differentiate(t, m, o)
			class := int(limits[a.name]["target"].(float64))
			out := run(x, class)
			limit := 1e-4
			if !a.smooth {
				limit = 1.5 * limits[a.name]["input_grad_rel"].(float64)
			}
			g := out[1].Floats()
			ref := archive{t, filepath.Join(dir, a.name+".npz")}
			if _, err := os.Stat(ref.path); err != nil {
				compareSlope(t, x, g, func(x []float32) float32 { return run(x, class)[0].Floats()[class] })
				return
			}
			got, name := g, "input_grad0_f64"
			if a.smooth && a.name != "vit_b_16" || a.name == "vgg16" {
				got, name = largest(g), "input_grad0_absmax"
			}
			report(t, name, distance(got, ref.floats(name)), limit)
			if len(out) > 2 && a.name != "vit_b_16" { // whose reference is without the class token
				report(t, "grad0_f64", distance(out[2].Floats(), ref.floats("grad0_f64")), 1e-4)
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

// largest is the greatest absolute value over three channels.
func largest(g []float32) []float32 {
	n := len(g) / 3
	out := make([]float32, n)
	for i, v := range g {
		out[i%n] = max(out[i%n], float32(math.Abs(float64(v))))
	}
	return out
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
