package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

var normalisations = map[string]lowering{
	"InstanceNormalization": lowerInstanceNorm, "GroupNormalization": lowerGroupNorm,
	"MeanVarianceNormalization": lowerMeanVariance, "RMSNormalization": lowerRMSNorm,
	"com.microsoft.SkipLayerNormalization": lowerSkipNorm,
	"LpNormalization":                      lowerLpNorm, "GlobalLpPool": lowerGlobalLpPool,
}

// normalised is (x − mean)/√(variance + ε) over axes.
func (f *formula) normalised(x string, epsilon float64, axes ...int64) string {
	centred := f.do("Sub", x, f.mean(x, axes...))
	variance := f.mean(f.do("Mul", centred, centred), axes...)
	return f.do("Div", centred, f.do("Sqrt", f.do("Add", variance, f.num(epsilon))))
}

// from returns the axes of a tensor of the given rank from first on.
func from(first, rank int) []int64 {
	var axes []int64
	for i := first; i < rank; i++ {
		axes = append(axes, int64(i))
	}
	return axes
}

// perChannel reshapes a vector of C to [C, 1, …] beside a tensor of a rank.
func (f *formula) perChannel(v string, rank int) string {
	return f.do("Reshape", v, f.b.ints(f.hint+"_channels", append([]int64{-1}, slices.Repeat([]int64{1}, rank-2)...)...))
}

func lowerInstanceNorm(b *builder, n *onnx.Node) error {
	f, rank := b.spell(n), len(b.shape(n.Input(0)))
	if rank < 3 {
		return fmt.Errorf("the shape of its input is not known")
	}
	y := f.normalised(n.Input(0), float64(n.Float("epsilon", 1e-5)), from(2, rank)...)
	y = f.do("Mul", y, f.perChannel(n.Input(1), rank))
	return f.end(n, f.do("Add", y, f.perChannel(n.Input(2), rank)))
}

// lowerGroupNorm: until opset 20 scale and bias are per group, then per channel.
func lowerGroupNorm(b *builder, n *onnx.Node) error {
	f, s, groups := b.spell(n), b.shape(n.Input(0)), n.Int("num_groups", 1)
	if len(s) < 3 || groups < 1 || s[1]%groups != 0 {
		return fmt.Errorf("%d groups in a tensor of shape %v", groups, s)
	}
	grouped := append(Shape{s[0], groups, s[1] / groups}, s[2:]...)
	target, ok := grouped.Target()
	back, ok2 := s.Target()
	if !ok || !ok2 {
		return fmt.Errorf("a tensor of shape %v cannot be grouped", s)
	}
	x := f.do("Reshape", n.Input(0), b.ints(f.hint+"_groups", target...))
	y := f.normalised(x, float64(n.Float("epsilon", 1e-5)), from(2, len(grouped))...)
	scale, bias, rank := n.Input(1), n.Input(2), len(s)
	if count := b.shape(scale); count.Equal(Shape{groups}) && groups != s[1] {
		y = f.do("Mul", y, f.perChannel(scale, len(grouped)))
		y = f.do("Add", y, f.perChannel(bias, len(grouped)))
		return f.end(n, f.do("Reshape", y, b.ints(f.hint+"_back", back...)))
	}
	y = f.do("Reshape", y, b.ints(f.hint+"_back", back...))
	y = f.do("Mul", y, f.perChannel(scale, rank))
	return f.end(n, f.do("Add", y, f.perChannel(bias, rank)))
}

func lowerMeanVariance(b *builder, n *onnx.Node) error {
	axes := n.Ints("axes")
	if axes == nil {
		axes = []int64{0, 2, 3}
	}
	f := b.spell(n)
	return f.end(n, f.normalised(n.Input(0), 1e-9, axes...))
}

// lowerRMSNorm: x/√(mean x² + ε)·scale over the last axes.
func lowerRMSNorm(b *builder, n *onnx.Node) error {
	f, x, rank := b.spell(n), n.Input(0), len(b.shape(n.Input(0)))
	first, err := axis(n.Int("axis", -1), rank)
	if err != nil {
		return err
	}
	square := f.mean(f.do("Mul", x, x), from(first, rank)...)
	y := f.do("Div", x, f.do("Sqrt", f.do("Add", square, f.num(float64(n.Float("epsilon", 1e-5))))))
	return f.end(n, f.do("Mul", y, n.Input(1)))
}

// lowerSkipNorm: LayerNormalization of input + skip + bias, of which some graphs
// use the sum as well.
func lowerSkipNorm(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	sum := f.do("Add", n.Input(0), n.Input(1))
	if n.Input(4) != "" {
		sum = f.do("Add", sum, n.Input(4))
	}
	in := []string{sum, n.Input(2)}
	if n.Input(3) != "" {
		in = append(in, n.Input(3))
	}
	y := f.with("LayerNormalization", in, onnx.IntAttr("axis", -1), onnx.FloatAttr("epsilon", n.Float("epsilon", 1e-5)))
	if f.err == nil && len(n.Outputs) > 3 && n.Outputs[3] != "" {
		b.point(n.Outputs[3], sum)
	}
	return f.end(n, y)
}

// length emits (Σ|x|ᵖ)^(1/p) over axes, which are kept.
func (f *formula) length(x string, p int64, axes ...int64) string {
	over := f.b.ints(f.hint+"_axes", axes...)
	switch p {
	case 1:
		return f.do("ReduceL1", x, over)
	case 2:
		return f.do("ReduceL2", x, over)
	}
	powers := f.do("Pow", f.do("Abs", x), f.num(float64(p)))
	return f.do("Pow", f.do("ReduceSum", powers, over), f.num(1/float64(p)))
}

// lowerLpNorm: x divided by its length on one axis.
func lowerLpNorm(b *builder, n *onnx.Node) error {
	f, x := b.spell(n), n.Input(0)
	return f.end(n, f.do("Div", x, f.length(x, n.Int("p", 2), n.Int("axis", -1))))
}

// lowerGlobalLpPool: the length over all of space.
func lowerGlobalLpPool(b *builder, n *onnx.Node) error {
	f, rank := b.spell(n), len(b.shape(n.Input(0)))
	if rank < 3 {
		return fmt.Errorf("the shape of its input is not known")
	}
	return f.end(n, f.length(n.Input(0), n.Int("p", 2), from(2, rank)...))
}
