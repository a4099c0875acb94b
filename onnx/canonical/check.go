package canonical

import (
	"fmt"

	"github.com/sightline/sightline/onnx"
)

// required says which inputs an operator must have, where that is not the first
// alone: an x is one that must be there, a point one that may be left out, and so
// may all after the last. Operators of other domains are listed with their domain.
var required = map[string]string{
	"Add": "xx", "Sub": "xx", "Mul": "xx", "Div": "xx", "Pow": "xx", "Mod": "xx", "PRelu": "xx", "MatMul": "xx", "Gemm": "xx",
	"And": "xx", "Or": "xx", "Xor": "xx", "Equal": "xx", "Less": "xx", "LessOrEqual": "xx", "Greater": "xx", "GreaterOrEqual": "xx",
	"Conv": "xx", "ConvTranspose": "xx", "Reshape": "xx", "Expand": "xx", "Tile": "xx", "CastLike": "xx", "CumSum": "xx",
	"Gather": "xx", "GatherElements": "xx", "GatherND": "xx", "ScatterElements": "xxx", "ScatterND": "xxx", "Where": "xxx", "Range": "xxx",
	"BatchNormalization": "xxxxx", "InstanceNormalization": "xxx", "GroupNormalization": "xxx", "LayerNormalization": "xx", "RMSNormalization": "xx",
	"Attention": "xxx", "com.microsoft.Attention": "xx", "com.microsoft.MultiHeadAttention": "x",
	"com.microsoft.BiasGelu": "xx", "com.microsoft.FusedGemm": "xx", "com.microsoft.FusedMatMul": "xx", "com.microsoft.FusedConv": "xx",
	"com.microsoft.SkipLayerNormalization": "xxx",
	"QuantizeLinear":                       "xx", "DequantizeLinear": "xx", "ConvInteger": "xx", "MatMulInteger": "xx",
	"QLinearConv": "xx.xx.x", "QLinearMatMul": "xx.xx.x", "com.microsoft.QGemm": "xx.xx", "com.microsoft.QLinearAdd": "xx.xx.x",
	"com.microsoft.QLinearMul": "xx.xx.x", "com.microsoft.QLinearConcat": "xxxx", "com.microsoft.QLinearSigmoid": "xx.x",
	"com.microsoft.QLinearLeakyRelu": "xx.x", "com.microsoft.QLinearAveragePool": "xx.x",
	"com.microsoft.QLinearGlobalAveragePool": "xx.x", "com.microsoft.QLinearSoftmax": "xx.x",
	"Constant": "", "If": "x",
}

// key is an operator's name in the tables: with its domain, if that is not the
// standard one.
func key(n *onnx.Node) string {
	if n.Is(n.Op) {
		return n.Op
	}
	return n.Domain + "." + n.Op
}

// complete returns an error when a node lacks inputs or outputs that its operator
// must have, so that what reads the node may rely on them. Nothing is asked of
// operators that are not known.
func (b *builder) complete(n *onnx.Node) error {
	if len(n.Outputs) == 0 {
		return fmt.Errorf("it writes nothing")
	}
	pattern, listed := required[key(n)]
	if !listed {
		pattern, listed = required[n.Op]
	}
	if !listed && b.known(n) {
		pattern = "x"
	}
	for i, c := range pattern {
		if c == 'x' && n.Input(i) == "" {
			return fmt.Errorf("the node is malformed: it has no input %d, which %s needs", i, n.Op)
		}
	}
	if n.Is("DynamicQuantizeLinear") && len(n.Outputs) < 3 {
		return fmt.Errorf("the node is malformed: it has %d outputs, %s has 3", len(n.Outputs), n.Op)
	}
	return nil
}

// known reports whether a table has an entry for a node's operator.
func (b *builder) known(n *onnx.Node) bool {
	_, evaluated := evaluators[n.Op]
	return evaluated || b.lowerings[key(n)] != nil || inference[n.Op] != nil || n.Is("Shape", "Size")
}

// ordered returns an error when a node reads what nothing before it wrote, or
// writes what another did: then names would not tell tensors apart.
func (b *builder) ordered(n *onnx.Node) error {
	for _, in := range n.Inputs {
		if in != "" && !b.written[in] {
			return fmt.Errorf("it reads %q, which no node before it, input or weight gives", in)
		}
	}
	for _, out := range n.Outputs {
		if out != "" && b.written[out] {
			return fmt.Errorf("it writes %q, which another node, input or weight is called as well", out)
		}
	}
	for _, out := range n.Outputs {
		b.written[out] = out != ""
	}
	return nil
}
