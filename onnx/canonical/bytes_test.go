package canonical_test

import (
	"testing"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// byteInputs are ways in which models begin that read an image of bytes, [2, 4, 4, 3]: x is
// the image, y what comes of it. slope says whether numbers lead all the way.
var byteInputs = []struct {
	name      string
	slope     bool
	constants []*onnx.Tensor
	nodes     []*onnx.Node
}{
	{"cast", true, nil, []*onnx.Node{with(node("Cast", "x"), onnx.IntAttr("to", 1))}},
	{"cast to half", true, nil, []*onnx.Node{with(node("Cast", "x"), onnx.IntAttr("to", 10))}},
	{"cast like a weight", true, []*onnx.Tensor{weights("w", 1)}, []*onnx.Node{node("CastLike", "x", "w")}},
	{"moved before the cast", true, []*onnx.Tensor{onnx.IntTensor("flat", []int64{2, 3, 16}, 3), onnx.IntTensor("last", []int64{2}, 1)}, []*onnx.Node{
		onnx.NewNode("Transpose", []string{"x"}, []string{"t"}, onnx.IntsAttr("perm", 0, 3, 1, 2)),
		onnx.NewNode("Reshape", []string{"t", "flat"}, []string{"r"}),
		onnx.NewNode("Gather", []string{"r", "last"}, []string{"g"}, onnx.IntAttr("axis", 1)),
		onnx.NewNode("Concat", []string{"g", "r"}, []string{"c"}, onnx.IntAttr("axis", 1)),
		onnx.NewNode("Identity", []string{"c"}, []string{"i"}),
		with(node("Cast", "i"), onnx.IntAttr("to", 1))}},
	{"over wider integers", true, nil, []*onnx.Node{
		onnx.NewNode("Cast", []string{"x"}, []string{"i"}, onnx.IntAttr("to", 6)), with(node("Cast", "i"), onnx.IntAttr("to", 1))}},
	{"scaled", true, []*onnx.Tensor{onnx.FloatTensor("s", []float32{0.02}), bytes("z", onnx.Uint8)}, []*onnx.Node{node("DequantizeLinear", "x", "s", "z")}},
	{"scaled by channel", true, []*onnx.Tensor{onnx.FloatTensor("s", []float32{0.02, 0.5, 3}, 3), bytes("z", onnx.Uint8, 3)}, []*onnx.Node{
		with(node("DequantizeLinear", "x", "s", "z"), onnx.IntAttr("axis", -1))}},
	{"quantised convolution", true, []*onnx.Tensor{onnx.FloatTensor("s", []float32{0.02}), bytes("z", onnx.Uint8), onnx.FloatTensor("ws", []float32{0.01}),
		bytes("w", onnx.Int8, 2, 3, 3, 3), {Name: "wz", Type: onnx.Int8, Raw: []byte{0}}, onnx.FloatTensor("ys", []float32{0.5}), {Name: "yz", Type: onnx.Uint8, Raw: []byte{128}}},
		[]*onnx.Node{onnx.NewNode("Transpose", []string{"x"}, []string{"t"}, onnx.IntsAttr("perm", 0, 3, 1, 2)),
			onnx.NewNode("QLinearConv", []string{"t", "s", "z", "w", "ws", "wz", "ys", "yz"}, []string{"q"}), node("DequantizeLinear", "q", "ys", "yz")}},
	{"convolution of integers", true, []*onnx.Tensor{bytes("w", onnx.Int8, 2, 3, 3, 3), bytes("z", onnx.Uint8)}, []*onnx.Node{
		onnx.NewNode("Transpose", []string{"x"}, []string{"t"}, onnx.IntsAttr("perm", 0, 3, 1, 2)),
		onnx.NewNode("ConvInteger", []string{"t", "w", "z"}, []string{"i"}), with(node("Cast", "i"), onnx.IntAttr("to", 1))}},
	{"divided as integers", false, []*onnx.Tensor{{Name: "seven", Type: onnx.Uint8, Raw: []byte{7}}}, []*onnx.Node{
		onnx.NewNode("Div", []string{"x", "seven"}, []string{"d"}), with(node("Cast", "d"), onnx.IntAttr("to", 1))}},
}

// TestNumbersStandForBytes: the numbers 0 to 255 give what the bytes give, and lead from
// the input to the result unless the model counts in integers itself.
func TestNumbersStandForBytes(t *testing.T) {
	data := make([]uint8, 2*4*4*3)
	for i := range data {
		data[i] = uint8(i * 37)
	}
	x := &ort.Tensor{Shape: []int64{2, 4, 4, 3}, Data: data}
	numbers := &ort.Tensor{Shape: x.Shape, Data: make([]float32, len(data))}
	for i, v := range data {
		numbers.Data.([]float32)[i] = float32(v)
	}
	for _, c := range byteInputs {
		t.Run(c.name, func(t *testing.T) {
			m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Name: "bytes", Initializers: c.constants, Nodes: c.nodes,
				Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Uint8, 2, 4, 4, 3)}, Outputs: []*onnx.Value{{Name: "y", Type: onnx.Undefined}}}}
			r, err := canonical.Rewrite(m, canonical.Options{Numbers: true})
			if err != nil {
				t.Fatal(err)
			}
			want, got := execute(t, m, map[string]*ort.Tensor{"x": x}), execute(t, r.Model, map[string]*ort.Tensor{"x": numbers})
			if d := distance(got[0], want[0]); d > 1e-6 || len(want[0]) == 0 {
				t.Errorf("the results differ by %.3g: %v, want %v", d, got[0], want[0])
			}
			bytesLeft := false
			for name, tensor := range r.Types {
				bytesLeft = bytesLeft || tensor.Elem == onnx.Uint8 && r.Constants[name] == nil && name != "q" && name != "x_bytes" && reads(r.Graph, name)
			}
			if bytesLeft == c.slope {
				t.Errorf("the way leads over integers: %v, want %v", bytesLeft, !c.slope)
			}
			if plain, err := canonical.Rewrite(m, canonical.Options{}); err != nil || plain.Graph.Inputs[0].Type != onnx.Uint8 {
				t.Errorf("unasked, the input becomes %v, %v", plain.Graph.Inputs[0], err)
			}
		})
	}
}

// reads reports whether a node reads a tensor.
func reads(g *onnx.Graph, name string) bool {
	for _, n := range g.Nodes {
		for _, in := range n.Inputs {
			if in == name {
				return true
			}
		}
	}
	return false
}
