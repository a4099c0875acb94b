package canonical

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/onnx"
)

var activations = map[string]lowering{
	"HardSwish": lowerHardSwish, "Gelu": lowerGelu, "Mish": lowerMish, "Swish": lowerSwish,
	"com.microsoft.Gelu": lowerGelu, "com.microsoft.FastGelu": lowerFastGelu, "com.microsoft.BiasGelu": lowerBiasGelu,
	"com.microsoft.QuickGelu": lowerQuickGelu, "com.microsoft.FusedGemm": lowerFusedGemm,
	"com.microsoft.FusedMatMul": lowerFusedMatMul,
}

// lowerHardSwish: x·max(0, min(1, x/6 + 1/2)).
func lowerHardSwish(b *builder, n *onnx.Node) error {
	f, x := b.spell(n), n.Input(0)
	gate := f.with("HardSigmoid", []string{x}, onnx.FloatAttr("alpha", 1.0/6), onnx.FloatAttr("beta", 0.5))
	return f.end(n, f.do("Mul", x, gate))
}

// lowerSwish: x·sigmoid(αx).
func lowerSwish(b *builder, n *onnx.Node) error {
	f, x := b.spell(n), n.Input(0)
	at := x
	if alpha := n.Float("alpha", 1); alpha != 1 {
		at = f.do("Mul", x, f.num(float64(alpha)))
	}
	return f.end(n, f.do("Mul", x, f.do("Sigmoid", at)))
}

func lowerQuickGelu(b *builder, n *onnx.Node) error {
	n.Attributes = []*onnx.Attribute{onnx.FloatAttr("alpha", n.Float("alpha", 1.702))}
	return lowerSwish(b, n)
}

// lowerMish: x·tanh(softplus(x)).
func lowerMish(b *builder, n *onnx.Node) error {
	f, x := b.spell(n), n.Input(0)
	return f.end(n, f.do("Mul", x, f.do("Tanh", f.do("Softplus", x))))
}

// lowerGelu spells out the exact form, or the one with tanh.
func lowerGelu(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	if n.Text("approximate", "none") == "tanh" {
		return f.end(n, f.geluTanh(n.Input(0)))
	}
	return f.end(n, f.gelu(n.Input(0)))
}

func lowerFastGelu(b *builder, n *onnx.Node) error {
	f, x := b.spell(n), n.Input(0)
	if n.Input(1) != "" {
		x = f.do("Add", x, n.Input(1))
	}
	return f.end(n, f.geluTanh(x))
}

func lowerBiasGelu(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	return f.end(n, f.gelu(f.do("Add", n.Input(0), n.Input(1))))
}

// gelu: x/2·(1 + erf(x/√2)).
func (f *formula) gelu(x string) string {
	cdf := f.do("Add", f.do("Erf", f.do("Mul", x, f.num(math.Sqrt2/2))), f.num(1))
	return f.do("Mul", f.do("Mul", x, cdf), f.num(0.5))
}

// geluTanh: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
func (f *formula) geluTanh(x string) string {
	cube := f.do("Mul", f.do("Mul", x, x), x)
	at := f.do("Mul", f.do("Add", x, f.do("Mul", cube, f.num(0.044715))), f.num(math.Sqrt(2/math.Pi)))
	return f.do("Mul", f.do("Mul", x, f.do("Add", f.do("Tanh", at), f.num(1))), f.num(0.5))
}

// activate emits the activation of a fused operator so that it writes out.
func (b *builder) activate(name, x, out string, params *onnx.Attribute) error {
	n := onnx.NewNode(name, []string{x}, []string{out})
	at := func(i int, name string, fallback float32) *onnx.Attribute {
		if params != nil && i < len(params.Floats) {
			fallback = params.Floats[i]
		}
		return onnx.FloatAttr(name, fallback)
	}
	switch name {
	case "":
		b.point(out, x)
		return nil
	case "Relu", "Sigmoid", "Tanh":
	case "LeakyRelu":
		n.Attributes = []*onnx.Attribute{at(0, "alpha", 0.01)}
	case "HardSigmoid":
		n.Attributes = []*onnx.Attribute{at(0, "alpha", 0.2), at(1, "beta", 0.5)}
	case "Clip":
		n.Attributes = []*onnx.Attribute{at(0, "min", -math.MaxFloat32), at(1, "max", math.MaxFloat32)}
		return lowerClip(b, n)
	default:
		return fmt.Errorf("its activation %s is not known", name)
	}
	return b.emit(n)
}

// lowerFusedGemm separates the activation of ONNX Runtime's fused linear layer.
func lowerFusedGemm(b *builder, n *onnx.Node) error {
	y := b.edit.Fresh(n.Outputs[0] + "_gemm")
	gemm := &onnx.Node{Op: "Gemm", Inputs: n.Inputs, Outputs: []string{y},
		Attributes: without(n, "activation", "activation_alpha", "activation_beta", "activation_gamma")}
	if err := b.emit(gemm); err != nil {
		return err
	}
	params := &onnx.Attribute{}
	for _, name := range []string{"activation_alpha", "activation_beta"} {
		if a := n.Attribute(name); a != nil {
			params.Floats = append(params.Floats, a.Float)
		}
	}
	return b.activate(n.Text("activation", ""), y, n.Outputs[0], params)
}

// lowerFusedMatMul: α·A'·B' with the last two axes optionally swapped.
func lowerFusedMatMul(b *builder, n *onnx.Node) error {
	if n.Int("transBatchA", 0) != 0 || n.Int("transBatchB", 0) != 0 {
		return fmt.Errorf("transposed batches are not understood")
	}
	f, in := b.spell(n), []string{n.Input(0), n.Input(1)}
	for i, name := range []string{"transA", "transB"} {
		rank := len(b.shape(in[i]))
		if n.Int(name, 0) == 0 {
			continue
		}
		if rank < 2 {
			return fmt.Errorf("the rank of input %d is not known", i)
		}
		perm := from(0, rank)
		perm[rank-1], perm[rank-2] = perm[rank-2], perm[rank-1]
		in[i] = f.with("Transpose", []string{in[i]}, onnx.IntsAttr("perm", perm...))
	}
	y := f.with("MatMul", in)
	if alpha := n.Float("alpha", 1); alpha != 1 {
		y = f.do("Mul", y, f.num(float64(alpha)))
	}
	return f.end(n, y)
}
