package attribution

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// Update is the flag that rewrites golden files.
var Update = flag.Bool("update", false, "write the golden files")

// TestLayerAndMethodOfEveryModel: the automatic layer and the method that auto
// picks, for every model of the test material and torchvision's architectures. A
// row that changes is a decision, to be made with docs/saliency.md at hand.
func TestLayerAndMethodOfEveryModel(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "densenet121", "vgg16", "convnext_tiny", "vit_b_16", "swin_t"} {
		paths = append(paths, testdata.Architecture(t, name))
	}
	var b strings.Builder
	b.WriteString("model\tlayer\tnumber\tchannels\tplaces\tauto\n")
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".onnx")
		if name == "model" {
			name = filepath.Base(filepath.Dir(path))
		}
		b.WriteString(layerRow(t, name, path))
	}
	golden := filepath.Join("testdata", "layers.tsv")
	if *Update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("layers are\n%s\nwant\n%s", got, want)
	}
}

func layerRow(t *testing.T, name, path string) string {
	model := OpenReal(t, path)
	defer model.Close()
	layers, err := Layers(model)
	if err != nil {
		t.Fatal(err)
	}
	l, err := FindLayer(t.Context(), model, "")
	if err != nil {
		t.Fatal(err)
	}
	number := 1 + slices.IndexFunc(layers, func(k Layer) bool { return k.Tensor == l.Tensor })
	picked, reason, err := Choose(t.Context(), model)
	if err != nil || reason == "" {
		t.Fatalf("%s: %v, reason %q", name, err, reason)
	}
	t.Logf("%s: %s, because %s", name, picked.Name(), reason)
	return fmt.Sprintf("%s\t%s\t%d\t%d\t%d×%d\t%s\n", name, l.Tensor, number, l.Grid.Channels, l.Grid.Width, l.Grid.Height, picked.Name())
}

// network writes a model of a 3×8×8 input "x" and scores "y" and opens it.
func network(t *testing.T, nodes []*onnx.Node, weights ...*onnx.Tensor) Differentiable {
	t.Helper()
	g := &onnx.Graph{
		Name: "small", Nodes: nodes, Initializers: weights,
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 8, 8)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 2)},
	}
	return OpenReal(t, testmodel.Save(t, &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g}))
}

// weight draws a weight tensor.
func weight(name string, dims ...int64) *onnx.Tensor {
	n, seed := int64(1), uint64(0)
	for _, d := range dims {
		n *= d
	}
	for _, c := range name {
		seed = 31*seed + uint64(c)
	}
	return onnx.FloatTensor(name, random(rand.New(rand.NewPCG(seed, 1)), Grid{Length: int(n)}), dims...)
}

// mustFind is the automatic layer.
func mustFind(t *testing.T, d Differentiable, wanted string) Layer {
	t.Helper()
	l, err := FindLayer(t.Context(), d, wanted)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestSqueezeAndExciteIsSteppedOver: the gates of 1×1 are no layer, nor is what lies
// beside them; the gated values are.
func TestSqueezeAndExciteIsSteppedOver(t *testing.T) {
	d := network(t, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}),
		onnx.NewNode("GlobalAveragePool", []string{"c"}, []string{"squeezed"}),
		onnx.NewNode("Conv", []string{"squeezed", "g"}, []string{"excited"}),
		onnx.NewNode("Sigmoid", []string{"excited"}, []string{"gate"}),
		onnx.NewNode("Mul", []string{"c", "gate"}, []string{"gated"}),
		onnx.NewNode("GlobalAveragePool", []string{"gated"}, []string{"pooled"}),
		onnx.NewNode("Flatten", []string{"pooled"}, []string{"f"}),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, weight("w", 4, 3, 3, 3), weight("g", 4, 4, 1, 1), weight("fc", 4, 2))
	var names []string
	layers, err := Layers(d)
	for _, l := range layers {
		names = append(names, l.Tensor)
	}
	if err != nil || !slices.Equal(names, []string{"gated", "c"}) {
		t.Errorf("layers %v, %v", names, err)
	}
	if l := mustFind(t, d, ""); l.Tensor != "gated" || l.Grid.Height != 6 {
		t.Errorf("chosen %+v", l)
	}
	for wanted, tensor := range map[string]string{"1": "gated", "2": "c", "-2": "c", "c": "c"} {
		if l := mustFind(t, d, wanted); l.Tensor != tensor {
			t.Errorf("layer %q is %s, want %s", wanted, l.Tensor, tensor)
		}
	}
	for _, wanted := range []string{"3", "0", "nothing", "gate", "x", "w", "pooled"} {
		var none *NoLayerError
		if _, err := FindLayer(t.Context(), d, wanted); !errors.As(err, &none) || none.Wanted != wanted {
			t.Errorf("layer %q: error %v", wanted, err)
		}
	}
}

// TestModelsWithoutALayer: a linear model has none, and auto says what it does
// instead.
func TestModelsWithoutALayer(t *testing.T) {
	d := network(t, []*onnx.Node{
		onnx.NewNode("Flatten", []string{"x"}, []string{"f"}),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, weight("fc", 192, 2))
	if _, err := FindLayer(t.Context(), d, ""); !errors.As(err, new(*NoLayerError)) {
		t.Errorf("error %v", err)
	}
	_, err := Explain(t.Context(), GradCAM{}, d, wave(d), nil)
	if !errors.As(err, new(*NoLayerError)) || !strings.Contains(err.Error(), "choose gradient") {
		t.Errorf("Grad-CAM: %v", err)
	}
	if m := explain(t, Auto{}, d, wave(d)); m.Method != "occlusion" || !strings.Contains(m.Reason, "no tensor") {
		t.Errorf("auto: %s, because %s", m.Method, m.Reason)
	}
}

// wave is a request for the map of a smooth input.
func wave(s Scorer) Request {
	x := make([]float32, s.InputLen())
	for i := range x {
		x[i] = float32(math.Sin(float64(i) * 0.37))
	}
	return plainRequest(s, x)
}

// deit is a transformer of one block on 2×2 patches with a class token and a
// distillation token in front, as DeiT has; the head reads those two.
func deit(t *testing.T) Differentiable {
	ints := func(name string, v ...int64) *onnx.Tensor { return onnx.IntTensor(name, v, int64(len(v))) }
	return network(t, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "patch"}, []string{"p"}, onnx.IntsAttr("strides", 2, 2)),
		onnx.NewNode("Reshape", []string{"p", "flat"}, []string{"planes"}),
		onnx.NewNode("Transpose", []string{"planes"}, []string{"t"}, onnx.IntsAttr("perm", 0, 2, 1)),
		onnx.NewNode("Shape", []string{"t"}, []string{"shape"}),
		onnx.NewNode("Gather", []string{"shape", "zero"}, []string{"n"}),
		onnx.NewNode("Concat", []string{"n", "one", "one"}, []string{"times"}, onnx.IntAttr("axis", 0)),
		onnx.NewNode("Expand", []string{"cls", "times"}, []string{"special"}),
		onnx.NewNode("Concat", []string{"special", "t"}, []string{"tokens"}, onnx.IntAttr("axis", 1)),
		onnx.NewNode("MatMul", []string{"tokens", "wq"}, []string{"q"}),
		onnx.NewNode("Transpose", []string{"tokens"}, []string{"k"}, onnx.IntsAttr("perm", 0, 2, 1)),
		onnx.NewNode("MatMul", []string{"q", "k"}, []string{"logits"}),
		onnx.NewNode("Softmax", []string{"logits"}, []string{"a"}, onnx.IntAttr("axis", -1)),
		onnx.NewNode("MatMul", []string{"tokens", "wv"}, []string{"v"}),
		onnx.NewNode("MatMul", []string{"a", "v"}, []string{"mixed"}),
		onnx.NewNode("Add", []string{"mixed", "tokens"}, []string{"block"}),
		onnx.NewNode("Slice", []string{"block", "zero", "two", "one"}, []string{"read"}),
		onnx.NewNode("ReduceMean", []string{"read"}, []string{"mean"}, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("MatMul", []string{"mean", "fc"}, []string{"y"}),
	}, weight("patch", 5, 3, 2, 2), ints("flat", 0, 5, 16), ints("zero", 0), ints("one", 1), ints("two", 2),
		weight("cls", 1, 2, 5), weight("wq", 5, 5), weight("wv", 5, 5), weight("fc", 5, 2))
}

// TestTokensWithTwoSpecialOnes: behind the block only the special tokens feed the
// head, so the layer is the block's input, and its grid skips both.
func TestTokensWithTwoSpecialOnes(t *testing.T) {
	d := deit(t)
	layers, err := Layers(d)
	if err != nil || len(layers) < 2 || layers[0].Tensor != "block" {
		t.Fatalf("layers %+v, %v", layers, err)
	}
	l := mustFind(t, d, "")
	want := Grid{Channels: 5, Height: 4, Width: 4, Offset: 10, ChannelStride: 1, RowStride: 20, ColumnStride: 5, Length: 90}
	if l.Tensor != "tokens" || l.Grid != want {
		t.Errorf("layer %s %+v, want tokens %+v", l.Tensor, l.Grid, want)
	}
	if m := explain(t, GradCAM{}, d, wave(d)); m.Width != 4 || m.Height != 4 || m.Degenerate != "" {
		t.Errorf("map %d×%d, %q", m.Width, m.Height, m.Degenerate)
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
	model := OpenReal(t, filepath.Join(dir, "models", "steel-v1-int8-qdq", "model.onnx"))
	var sure Request // a picture whose score is cut off
	zero := 0
	for _, file := range files {
		r := plainRequest(model, grey(t, file))
		m := explain(t, GradCAM{}, model, r)
		if low, high := m.Range(); low == 0 && high == 0 {
			zero, sure = zero+1, r
		}
		if dead := strings.HasPrefix(m.Degenerate, "zero"); dead != (slices.Max(m.Values) == 0 && slices.Min(m.Values) == 0) {
			t.Errorf("%s: called %q", file, m.Degenerate)
		}
	}
	t.Logf("%d of %d maps are zero", zero, len(files))
	if zero == 0 || zero > len(files)/10 {
		t.Fatalf("%d of %d maps are zero", zero, len(files))
	}
	for _, m := range []Method{HiResCAM{}, LayerCAM{}, Gradient{}, InputXGradient{}} {
		if made := explain(t, m, model, sure); !strings.HasPrefix(made.Degenerate, "zero") {
			t.Errorf("%s is called %q", m.Name(), made.Degenerate)
		}
	}
	if m := explain(t, Auto{}, model, sure); m.Method != "occlusion" || !strings.Contains(m.Reason, "quantised") {
		t.Errorf("auto: %s, because %s", m.Method, m.Reason)
	}
}

// grey reads a photo as the steel models do: 96×96 values of 0 to 1.
func grey(t *testing.T, path string) []float32 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	im = imaging.Resize(im, 96, 96, imaging.Bicubic, true)
	x := make([]float32, 96*96)
	for i := range x {
		x[i] = float32(im.Pix[3*i]) / 255
	}
	return x
}
