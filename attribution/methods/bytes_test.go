package methods

import (
	"math"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// byteModels are small convolutional models that read bytes, each in its way, and the one
// of float32 that computes the same of the numbers 0 to 255.
func byteModels(t *testing.T) (bytes map[string]attribution.Differentiable, numbers attribution.Differentiable) {
	open := func(elem onnx.DataType, begin ...*onnx.Node) attribution.Differentiable {
		nodes := append(begin,
			onnx.NewNode("Mul", []string{"f", "unit"}, []string{"u"}),
			onnx.NewNode("Conv", []string{"u", "w"}, []string{"c"}, onnx.IntsAttr("pads", 1, 1, 1, 1)),
			onnx.NewNode("Relu", []string{"c"}, []string{"r"}),
			onnx.NewNode("GlobalAveragePool", []string{"r"}, []string{"p"}),
			onnx.NewNode("Flatten", []string{"p"}, []string{"v"}),
			onnx.NewNode("Gemm", []string{"v", "fc"}, []string{"y"}))
		return testkit.Open(t, testmodel.Save(t, &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Name: "bytes", Nodes: nodes,
			Initializers: []*onnx.Tensor{onnx.FloatTensor("unit", []float32{1. / 255}), onnx.FloatTensor("one", []float32{1}), {Name: "two", Type: onnx.Uint8, Raw: []byte{2}},
				testkit.Weight("w", 4, 3, 3, 3), testkit.Weight("fc", 4, 2)},
			Inputs: []*onnx.Value{onnx.NewValue("x", elem, -1, 3, 8, 8)}, Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 2)}}}))
	}
	cast := func(from string) *onnx.Node {
		return onnx.NewNode("Cast", []string{from}, []string{"f"}, onnx.IntAttr("to", 1))
	}
	return map[string]attribution.Differentiable{
		"cast":    open(onnx.Uint8, cast("x")),
		"scale":   open(onnx.Uint8, onnx.NewNode("DequantizeLinear", []string{"x", "one"}, []string{"f"})),
		"integer": open(onnx.Uint8, onnx.NewNode("Div", []string{"x", "two"}, []string{"d"}), cast("d")),
	}, open(onnx.Float32, onnx.NewNode("Identity", []string{"x"}, []string{"f"}))
}

// TestEveryMethodOnBytes: on a model of bytes every method makes the map that it makes of the
// same model of numbers; where integers bar the way the method is passed over with the
// operator's name, and what auto picks works.
func TestEveryMethodOnBytes(t *testing.T) {
	bytes, numbers := byteModels(t)
	r := testkit.Wavy(numbers, 0.4)
	for i, v := range r.Input {
		r.Input[i] = float32(math.Round(float64(120 + 60*v)))
	}
	r.Baselines, r.Batch = [][]float32{make([]float32, len(r.Input))}, 8
	for name, s := range bytes {
		unfit, err := Unfit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range All() {
			want, refused := attribution.Explain(t.Context(), m, numbers, r, nil)
			got, err := attribution.Explain(t.Context(), m, s, r, nil)
			switch {
			case name == "integer" && m.Card().Family != "perturbation":
				if err != nil && (!attribution.Unfit(err) || unfit[m.Name()] == "") {
					t.Errorf("%s on %s is offered, and says %v", m.Name(), name, err)
				}
				if err != nil && strings.Contains(err.Error(), "depend") {
					t.Errorf("%s on %s denies that the scores depend on the image: %v", m.Name(), name, err)
				}
			case name == "integer":
			case refused != nil:
				if !attribution.Unfit(err) {
					t.Errorf("%s on %s: %v", m.Name(), name, err)
				}
			case err != nil:
				t.Errorf("%s on %s: %v", m.Name(), name, err)
			case got.Degenerate != want.Degenerate || m.Card().Family != "perturbation" && testkit.Distance(got.Values, want.Values) > 1e-4:
				t.Errorf("%s on %s: %q, %.3g off the map of numbers", m.Name(), name, got.Degenerate, testkit.Distance(got.Values, want.Values))
			}
		}
		picked, reason, err := Choose(t.Context(), s)
		if err != nil || unfit[picked.Name()] != "" {
			t.Errorf("auto picks %s on %s (%s), %v", picked.Name(), name, reason, err)
		}
		if _, err := attribution.Explain(t.Context(), Auto{}, s, r, nil); err != nil {
			t.Errorf("auto on %s: %v", name, err)
		}
	}
}
