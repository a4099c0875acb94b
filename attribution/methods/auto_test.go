package methods

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/gradient"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
)

// TestAutoOfAModelWithoutALayer: auto says what it does instead.
func TestAutoOfAModelWithoutALayer(t *testing.T) {
	d := testkit.Network(t, []*onnx.Node{
		onnx.NewNode("Flatten", []string{"x"}, []string{"f"}),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, testkit.Weight("fc", 192, 2))
	if m := testkit.Explain(t, Auto{}, d, testkit.Wavy(d, 0)); m.Method != "occlusion" || !strings.Contains(m.Reason, "no tensor") {
		t.Errorf("auto: %s, because %s", m.Method, m.Reason)
	}
}

// TestAutoReadsTheHead: where what follows the layer averages over its places Grad-CAM is taken,
// where it reads them one by one HiResCAM, unless that is not known to be better.
func TestAutoReadsTheHead(t *testing.T) {
	conv := onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}, onnx.IntsAttr("pads", 1, 1, 1, 1))
	relu := onnx.NewNode("Relu", []string{"c"}, []string{"r"})
	flatten := onnx.NewNode("Flatten", []string{"r"}, []string{"f"})
	w, places := testkit.Weight("w", 4, 3, 3, 3), testkit.Weight("fc", 256, 2)
	for name, c := range map[string]struct {
		nodes   []*onnx.Node
		weights []*onnx.Tensor
		want    string
	}{
		"averaged": {[]*onnx.Node{conv, relu, onnx.NewNode("GlobalAveragePool", []string{"r"}, []string{"p"}), onnx.NewNode("Flatten", []string{"p"}, []string{"f"}),
			onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"})}, []*onnx.Tensor{w, testkit.Weight("fc", 4, 2)}, "gradcam"},
		"place by place": {[]*onnx.Node{conv, relu, flatten, onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"})}, []*onnx.Tensor{w, places}, "hirescam"},
		"by attention": {[]*onnx.Node{conv, relu, flatten, onnx.NewNode("Softmax", []string{"f"}, []string{"a"}), onnx.NewNode("Mul", []string{"f", "a"}, []string{"m"}),
			onnx.NewNode("Gemm", []string{"m", "fc"}, []string{"y"})}, []*onnx.Tensor{w, places}, "gradcam"},
	} {
		d := testkit.Network(t, c.nodes, c.weights...)
		if m := testkit.Explain(t, Auto{}, d, testkit.Wavy(d, 0)); m.Method != c.want || (c.want == "hirescam") != strings.Contains(m.Reason, "place by place") {
			t.Errorf("%s: %s, because %s", name, m.Method, m.Reason)
		}
	}
}

// TestSaturatedScoresGiveZeroMaps: where a quantised score lies at the end of its
// range, gradients are zero: the maps say so and are no error. (Hiding a window does
// not move such a score either.) auto knows from the graph that such a model is
// better asked by hiding.
func TestSaturatedScoresGiveZeroMaps(t *testing.T) {
	dir := testdata.Dir(t)
	files, err := filepath.Glob(filepath.Join(dir, "images", "steel-neu-det", "*", "*", "*.bmp"))
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d photos, %v", len(files), err)
	}
	model := testkit.Open(t, filepath.Join(dir, "models", "steel-v1-int8-qdq", "model.onnx"))
	var sure attribution.Request // an image whose score is cut off
	zero := 0
	for some := range slices.Chunk(files, 32) {
		var rs []attribution.Request
		for _, file := range some {
			rs = append(rs, testkit.PlainRequest(model, grey(t, file)))
		}
		maps, errs := cam.GradCAM{}.ExplainBatch(t.Context(), model, rs, []attribution.Target{{}}, nil)
		for i, file := range some {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			m := maps[i][0]
			if low, high := m.Range(); low == 0 && high == 0 {
				zero, sure = zero+1, rs[i]
			}
			if dead := strings.HasPrefix(m.Degenerate, "zero"); dead != (slices.Max(m.Values) == 0 && slices.Min(m.Values) == 0) {
				t.Errorf("%s: called %q", file, m.Degenerate)
			}
		}
	}
	t.Logf("%d of %d maps are zero", zero, len(files))
	if zero == 0 || zero > len(files)/10 {
		t.Fatalf("%d of %d maps are zero", zero, len(files))
	}
	for _, m := range []attribution.Method{cam.HiResCAM{}, cam.LayerCAM{}, gradient.Gradient{}, gradient.InputXGradient{}} {
		if made := testkit.Explain(t, m, model, sure); !strings.HasPrefix(made.Degenerate, "zero") {
			t.Errorf("%s is called %q", m.Name(), made.Degenerate)
		}
	}
	if m := testkit.Explain(t, Auto{}, model, sure); m.Method != "occlusion" || !strings.Contains(m.Reason, "quantised") {
		t.Errorf("auto: %s, because %s", m.Method, m.Reason)
	}
}

// grey reads a photo as the steel models do: 96×96 values of 0 to 1.
func grey(t *testing.T, path string) []float32 {
	t.Helper()
	im := phototest.Decode(t, path)
	im = imaging.Resize(im, 96, 96, imaging.Bicubic, true)
	x := make([]float32, 96*96)
	for i := range x {
		x[i] = float32(im.Pix[3*i]) / 255
	}
	return x
}
