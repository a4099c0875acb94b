package fuse_test

import (
	"testing"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort/fuse"
)

// A pattern is a small graph with the types of its tensors.
type pattern struct {
	nodes     []*onnx.Node
	constants []*onnx.Tensor
	types     map[string]canonical.Type
}

func image(dims ...int64) canonical.Type {
	return canonical.Type{Elem: onnx.Float32, Shape: append(canonical.Shape{-1}, dims...)}
}

func node(op string, in []string, out string, attributes ...*onnx.Attribute) *onnx.Node {
	return onnx.NewNode(op, in, []string{out}, attributes...)
}

// fusedIn is how many operators are put into a pattern, whose last output is kept.
func fusedIn(p pattern) int {
	last := p.nodes[len(p.nodes)-1].Outputs[0]
	m := &onnx.Model{Graph: &onnx.Graph{Nodes: p.nodes, Initializers: p.constants, Outputs: []*onnx.Value{{Name: last}}}}
	return fuse.Rewrite(m, p.types, 1)
}

// gated is y's step times g.
func gated(alpha float32, y, g canonical.Type) pattern {
	return pattern{
		nodes: []*onnx.Node{node("HardSigmoid", []string{"y"}, "mask", onnx.FloatAttr("alpha", alpha), onnx.FloatAttr("beta", 0)), node("Mul", []string{"g", "mask"}, "out")},
		types: map[string]canonical.Type{"y": y, "mask": y, "g": g},
	}
}

// pooled is the gradient of a MaxPool.
func pooled(reduction string, zero float32, to canonical.Type) pattern {
	flat := canonical.Type{Elem: onnx.Float32, Shape: canonical.Shape{-2}}
	return pattern{
		nodes: []*onnx.Node{
			onnx.NewNode("MaxPool", []string{"x"}, []string{"y", "where"}, onnx.IntsAttr("kernel_shape", 2, 2), onnx.IntsAttr("strides", 2, 2)),
			node("ConstantOfShape", []string{"length"}, "zeros", onnx.TensorAttr("value", onnx.FloatTensor("", []float32{zero}, 1))),
			node("Reshape", []string{"where", "flat"}, "places"),
			node("Reshape", []string{"g", "flat"}, "values"),
			node("ScatterElements", []string{"zeros", "places", "values"}, "spread", onnx.StringAttr("reduction", reduction), onnx.IntAttr("axis", 0)),
			node("Reshape", []string{"spread", "target"}, "out"),
		},
		constants: []*onnx.Tensor{onnx.IntTensor("flat", []int64{-1}, 1), onnx.IntTensor("target", append([]int64{-1}, to.Shape[1:]...), 4)},
		types: map[string]canonical.Type{"x": image(2, 4, 4), "y": image(2, 2, 2), "g": image(2, 2, 2), "places": {Elem: onnx.Int64, Shape: canonical.Shape{-8}},
			"values": flat, "spread": flat, "out": to},
	}
}

// apart puts two columns as far apart as a matrix says, and rows by 2.
func apart(matrix ...float32) pattern {
	return pattern{
		nodes:     []*onnx.Node{node("MatMul", []string{"g", "matrix"}, "wide"), node("Reshape", []string{"wide", "target"}, "out")},
		constants: []*onnx.Tensor{onnx.FloatTensor("matrix", matrix, 2, 8), onnx.IntTensor("target", []int64{-1, 3, 4, 4}, 4)},
		types:     map[string]canonical.Type{"g": image(3, 2, 2), "wide": image(3, 2, 8), "out": image(3, 4, 4)},
	}
}

// together puts four images side by side, and cuts the result.
func together(mode string, axis int64, starts ...int64) pattern {
	p := pattern{
		nodes: []*onnx.Node{node("Concat", []string{"a", "b", "c", "d"}, "all", onnx.IntAttr("axis", axis)),
			node("DepthToSpace", []string{"all"}, "whole", onnx.IntAttr("blocksize", 2), onnx.StringAttr("mode", mode)),
			node("Slice", []string{"whole", "starts", "ends", "axes"}, "out")},
		constants: []*onnx.Tensor{onnx.IntTensor("starts", starts, 2), onnx.IntTensor("ends", []int64{3, 3}, 2), onnx.IntTensor("axes", []int64{2, 3}, 2)},
		types:     map[string]canonical.Type{"all": image(12, 2, 2), "whole": image(3, 4, 4), "out": image(3, 3, 3)},
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		p.types[name] = image(3, 2, 2)
	}
	return p
}

// swish is the gradient of x·s, with a number in the place of 1 in 1 − s.
func swish(one float32, logistic string) pattern {
	p := pattern{types: map[string]canonical.Type{}, nodes: []*onnx.Node{
		node(logistic, []string{"x"}, "s"),
		node("HardSigmoid", []string{"s"}, "rest", onnx.FloatAttr("alpha", -1), onnx.FloatAttr("beta", one)),
		node("Mul", []string{"s", "rest"}, "slope"),
		node("Mul", []string{"g", "x"}, "gx"),
		node("Mul", []string{"gx", "slope"}, "indirect"),
		node("Mul", []string{"s", "g"}, "direct"),
		node("Add", []string{"indirect", "direct"}, "out"),
	}}
	for _, name := range []string{"x", "s", "rest", "slope", "g", "gx", "indirect", "direct", "out"} {
		p.types[name] = image(2, 3, 3)
	}
	return p
}

// scaled is x·w plus e, spread out from a shape.
func scaled(w, e canonical.Type) pattern {
	return pattern{
		nodes: []*onnx.Node{node("Mul", []string{"x", "w"}, "xw"), node("Expand", []string{"e", "shape"}, "spread"), node("Add", []string{"xw", "spread"}, "out")},
		types: map[string]canonical.Type{"x": image(2, 3, 3), "w": w, "xw": image(2, 3, 3), "e": e, "spread": image(2, 3, 3), "out": image(2, 3, 3)},
	}
}

// summed is the sum of a product over axes.
func summed(axes ...int64) pattern {
	return pattern{
		nodes:     []*onnx.Node{node("Mul", []string{"a", "b"}, "ab"), node("ReduceSum", []string{"ab", "axes"}, "out", onnx.IntAttr("keepdims", 1))},
		constants: []*onnx.Tensor{onnx.IntTensor("axes", axes, int64(len(axes)))},
		types:     map[string]canonical.Type{"a": image(2, 3, 3), "b": image(2, 3, 3), "ab": image(2, 3, 3), "out": image(2, 1, 1)},
	}
}

// What is the same but for one thing is left alone.
func TestPatterns(t *testing.T) {
	small := image(2, 2, 2)
	for name, c := range map[string]struct {
		pattern pattern
		want    int
	}{
		"a gate":                        {gated(1<<62, small, small), 1},
		"a gentle slope":                {gated(0.2, small, small), 0},
		"a mask that is spread":         {gated(1<<62, image(2, 1, 1), small), 0},
		"a mask of unknown shape":       {gated(1<<62, canonical.Type{Elem: onnx.Float32}, canonical.Type{Elem: onnx.Float32}), 0},
		"a mask of another type":        {gated(1<<62, canonical.Type{Elem: onnx.Float64, Shape: small.Shape}, canonical.Type{Elem: onnx.Float64, Shape: small.Shape}), 0},
		"a swish":                       {swish(1, "Sigmoid"), 1},
		"a swish less two":              {swish(2, "Sigmoid"), 0},
		"a product with a tanh":         {swish(1, "Tanh"), 0},
		"an image scaled and shifted":   {scaled(image(2, 1, 1), image(2, 1, 1)), 1},
		"an image scaled":               {scaled(image(2, 1, 1), image(2, 3, 1)), 1},
		"an image times columns":        {scaled(image(2, 1, 3), image(2, 1, 1)), 0},
		"a sum over pixels":             {summed(2, 3), 1},
		"a sum over pixels, backwards":  {summed(3, 2), 1},
		"a sum over channels":           {summed(1, 3), 0},
		"a sum over one axis":           {summed(6), 0},
		"a pool":                        {pooled("add", 0, image(2, 4, 4)), 1},
		"a pool's last values":          {pooled("none", 0, image(2, 4, 4)), 0},
		"a pool over ones":              {pooled("add", 1, image(2, 4, 4)), 0},
		"a pool in another shape":       {pooled("add", 0, image(4, 2, 4)), 0},
		"columns apart":                 {apart(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0), 1},
		"columns with a factor":         {apart(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0), 0},
		"columns added up":              {apart(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0), 0},
		"columns from the second on":    {apart(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0), 0},
		"images side by side":           {together("DCR", 1, 0, 0), 1},
		"channels side by side":         {together("CRD", 1, 0, 0), 0},
		"images that are one above all": {together("DCR", 2, 0, 0), 0},
		"images cut at the beginning":   {together("DCR", 1, 1, 1), 1}, // side by side, and cut as before
	} {
		if got := fusedIn(c.pattern); got != c.want {
			t.Errorf("%s: %d operators put in, want %d", name, got, c.want)
		}
	}
}

// A constant per channel becomes a convolution's bias, unless the runtime has filled up
// the convolution's last block, or another reads what it makes.
func TestBiases(t *testing.T) {
	for name, c := range map[string]struct {
		filledUp int64 // channels of the convolution
		shared   bool
		want     bool
	}{"whole blocks": {32, false, true}, "a block in part": {48, false, false}, "another reader": {32, true, false}} {
		conv, out := node("Conv", []string{"x", "w"}, "y"), node("ReorderOutput", []string{"y"}, "image", onnx.IntAttr("channels", 32))
		conv.Domain, out.Domain = "com.microsoft.nchwc", "com.microsoft.nchwc"
		g := &onnx.Graph{
			Nodes: []*onnx.Node{conv, out, node("Add", []string{"image", "shift"}, "sum"), node("Relu", []string{"sum"}, "result")},
			Initializers: []*onnx.Tensor{onnx.FloatTensor("w", make([]float32, c.filledUp), c.filledUp, 1, 1, 1),
				onnx.FloatTensor("shift", make([]float32, 32), 32, 1, 1)},
			Outputs: []*onnx.Value{{Name: "result"}},
		}
		if c.shared {
			g.Outputs = append(g.Outputs, &onnx.Value{Name: "image"})
		}
		fuse.Rewrite(&onnx.Model{Graph: g}, map[string]canonical.Type{}, 1)
		if got := len(conv.Inputs) == 3; got != c.want {
			t.Errorf("%s: a bias is %t, want %t", name, got, c.want)
		}
	}
}
