package autodiff_test

import "github.com/sightline/sightline/onnx"

var scatters = map[string]func(dice) problem{
	"CumSum": cumSum, "ScatterElements": scatterElements, "ScatterND": scatterND, "GatherND": gatherND, "TopK": topK, "Trilu": trilu,
	"Squeeze": squeeze, "Identity": identity, "Dropout": unary("Dropout", 0, 0), "If": branches,
	"Cast": unary("Cast", 0, 0, onnx.IntAttr("to", int64(onnx.Float32))),
}

func cumSum(d dice) problem {
	return op("CumSum", [][]int64{d.shape(3)}, []*onnx.Tensor{onnx.IntTensor("axis", []int64{int64(d.IntN(3))})},
		onnx.IntAttr("exclusive", int64(d.IntN(2))), onnx.IntAttr("reverse", int64(d.IntN(2))))
}

// updated is a problem of an operator that writes x1 into x0 at constant places.
func updated(d dice, name string, into, from []int64, places *onnx.Tensor, list ...*onnx.Attribute) problem {
	if d.IntN(2) == 0 {
		list = append(list, onnx.StringAttr("reduction", "add"))
	}
	p := op(name, [][]int64{into, from}, nil, list...)
	p.constants, p.nodes[0].Inputs = []*onnx.Tensor{places}, []string{"x0", "places", "x1"}
	return p
}

func scatterElements(d dice) problem {
	places := onnx.IntTensor("places", []int64{0, 2, 1, 1, 0, -1}, 2, 3)
	return updated(d, "ScatterElements", []int64{2, 3 + d.dim(0)}, []int64{2, 3}, places, onnx.IntAttr("axis", 1))
}

func scatterND(d dice) problem {
	n := d.dim(1)
	if d.IntN(2) == 0 {
		return updated(d, "ScatterND", []int64{3, n}, []int64{2, n}, onnx.IntTensor("places", []int64{2, 0}, 2, 1))
	}
	return updated(d, "ScatterND", []int64{3, 1 + n}, []int64{2}, onnx.IntTensor("places", []int64{2, 0, 1, 1}, 2, 2))
}

func gatherND(d dice) problem {
	places := []*onnx.Tensor{onnx.IntTensor("places", []int64{1, 0, 1}, 3, 1), onnx.IntTensor("places", []int64{1, 0, -1, 1, 1, 0}, 3, 2)}
	return op("GatherND", [][]int64{{2, d.dim(2), d.dim(1)}}, places[d.IntN(2):][:1])
}

func topK(d dice) problem {
	p := op("TopK", [][]int64{{d.dim(1), d.dim(3)}}, []*onnx.Tensor{ints("k", int64(1+d.IntN(3)))}, onnx.IntAttr("largest", int64(d.IntN(2))))
	p.nodes[0].Outputs = []string{"y", "where"}
	return p
}

func trilu(d dice) problem {
	return op("Trilu", [][]int64{d.shape(3)}, []*onnx.Tensor{onnx.IntTensor("k", []int64{int64(d.IntN(3) - 1)})}, onnx.IntAttr("upper", int64(d.IntN(2))))
}

func squeeze(d dice) problem {
	return op("Squeeze", [][]int64{{1, d.dim(1), 1, d.dim(1)}}, []*onnx.Tensor{ints("axes", 0, -2)})
}

// identity is a copy that an operator reads.
func identity(d dice) problem {
	p := unary("Identity", 0, 0)(d)
	p.nodes[0].Outputs = []string{"copy"}
	return p.then("Tanh", []string{"copy"}, "y")
}

// branches of a constant condition.
func branches(d dice) problem {
	branch := func(op string) *onnx.Graph {
		return &onnx.Graph{Name: op, Nodes: []*onnx.Node{onnx.NewNode(op, []string{"x0"}, []string{op + "_y"})},
			Outputs: []*onnx.Value{{Name: op + "_y", Type: onnx.Float32}}}
	}
	p := problem{inputs: [][]int64{d.shape(2)}, constants: []*onnx.Tensor{{Name: "yes", Type: onnx.Bool, Raw: []byte{byte(d.IntN(2))}}}}
	return p.then("If", []string{"yes"}, "y", &onnx.Attribute{Name: "then_branch", Type: onnx.AttrGraph, Graph: branch("Tanh")},
		&onnx.Attribute{Name: "else_branch", Type: onnx.AttrGraph, Graph: branch("Sigmoid")})
}
