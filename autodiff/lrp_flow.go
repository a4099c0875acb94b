package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// ratio passes relevance through a function of one value, y = f(x) with f(0) = 0: x
// gets all of it (Bach et al. 2015, equations 54 and 56: what a neuron's activation
// has is its input's), so that R/x = R/y · y/x. Where x is zero, so is its relevance.
func ratio(x *Context) error {
	if x.Node.Op == "Clip" {
		low, fromBelow := x.bound(1)
		high, fromAbove := x.bound(2)
		if (fromBelow && low > 0) || (fromAbove && high < 0) {
			return x.refuse("its bounds %g and %g leave out zero", low, high)
		}
	}
	x.Pass(0, x.Mul(x.Grad(0), x.share(x.Out(0), x.In(0))))
	return nil
}

// share emits y/x, and 0 where x is so small that its square is none.
func (x *Context) share(y, in string) string {
	return x.Do("Div", x.Mul(y, in), x.Do("Max", x.Mul(in, in), x.Num(1e-30)))
}

// prelu with constant slopes is linear on either side of zero.
func (l *lrp) prelu(x *Context) error {
	if x.Constant(x.In(1)) == nil {
		return x.refuse("its slopes are computed")
	}
	return prelu(x)
}

// mul is the rule of products: a constant factor keeps R; of a gate and a value the
// value gets all, R_value = R and R_gate = 0 (Arras et al. 2017, "Explaining recurrent
// neural network predictions in sentiment analysis", multiplicative interactions).
func (l *lrp) mul(x *Context) error {
	out, a, b := pair(x)
	shapes := []([]int64){a, b}
	value, other, err := l.value(x)
	if err != nil {
		return err
	}
	x.Pass(value, x.SumTo(x.Mul(x.Grad(0), x.In(other)), out, shapes[value]))
	return nil
}

// value tells which of a product's two inputs is the value, and which the gate or
// constant.
func (l *lrp) value(x *Context) (value, other int, err error) {
	f := l.flow(x)
	gates := [2]bool{!x.Wanted(0) || f.gate(x.In(0)), !x.Wanted(1) || f.gate(x.In(1))}
	switch {
	case x.Wanted(0) && x.Wanted(1) && x.In(0) == x.In(1), gates[0] == gates[1]:
		return 0, 0, x.refuse("both of its inputs are computed from the image and neither or both are gates, so that shares are not defined")
	case gates[0]:
		return 1, 0, nil
	}
	return 0, 1, nil
}

// div is the rule of quotients: what divides is a gate, as in mul.
func (l *lrp) div(x *Context) error {
	if !x.Wanted(0) {
		return x.refuse("only its divisor is computed from the image")
	}
	out, a, _ := pair(x)
	x.Pass(0, x.SumTo(x.Do("Div", x.Grad(0), x.In(1)), out, a))
	return nil
}

// einsum with one computed input is a layer of constant weights without its own rule:
// R/a is passed as a gradient, which is the ε-rule with ε = 0.
func (l *lrp) einsum(x *Context) error {
	count := 0
	for i := range x.Node.Inputs {
		if x.Wanted(i) {
			count++
		}
	}
	if count != 1 {
		return x.refuse("several of its inputs are computed from the image")
	}
	return einsum(x)
}

// matMul is the rule of products of matrices: with constant weights it is a dense
// layer; attention probabilities are a gate to the values (Ali et al. 2022, "XAI for
// transformers: better explanations through conservative propagation", the rule for
// attention heads).
func (l *lrp) matMul(x *Context) error {
	if !x.Wanted(0) || !x.Wanted(1) {
		return l.linear(x)
	}
	value, _, err := l.value(x)
	if err != nil {
		return err
	}
	x.Pass(value, x.gradientAt(matMul, x.Node, x.Grad(0), value))
	return nil
}

// layerNormRelevance is the rule of LayerNormalization: the deviation σ is a gate, so
// that the rest is linear and R/x = (g − mean g) ÷ σ with g = R/y · scale (Ali et al.
// 2022, the rule for LayerNorm).
func layerNormRelevance(x *Context) error {
	s := x.Shape(x.In(0))
	if x.Wanted(1) || x.Wanted(2) {
		return x.refuse("its scale or bias is computed from the image")
	}
	if x.err != nil {
		return nil
	}
	var over []int64
	for i := x.Axis(-1, len(s)); i < len(s); i++ {
		over = append(over, int64(i))
	}
	axes := x.Vector(over...)
	mean := func(name string) string {
		return x.Emit("ReduceMean", []string{name, axes}, onnx.IntAttr("keepdims", 1))
	}
	centred := x.Do("Sub", x.In(0), mean(x.In(0)))
	deviation := x.Do("Sqrt", x.Do("Add", mean(x.Mul(centred, centred)), x.Num(float64(x.Node.Float("epsilon", 1e-5)))))
	g := x.Mul(x.Grad(0), x.In(1))
	x.Pass(0, x.Do("Div", x.Do("Sub", g, mean(g)), deviation))
	return nil
}

// quantizeRelevance passes relevance through rounding and saturation: R/x = R/y ·
// y/x, with y the number that the integer stands for.
func quantizeRelevance(x *Context) error {
	inputs := append([]string{x.Out(0)}, x.Node.Inputs[1:]...)
	y := x.emit(&onnx.Node{Op: "DequantizeLinear", Domain: x.Node.Domain, Inputs: inputs, Attributes: slices.Clone(x.Node.Attributes)}, 1)[0]
	g := x.Do("Div", x.Grad(0), x.scaleShape())
	x.Pass(0, x.Mul(g, x.share(y, x.In(0))))
	return nil
}

// dequantizeRelevance gives all to the integers: a scale that is computed from the
// image is a gate.
func dequantizeRelevance(x *Context) error {
	x.Pass(0, x.Mul(x.Grad(0), x.scaleShape()))
	return nil
}

// gradientAt returns what a plain rule gives input i of a node for a gradient of
// its first output. The tape is as before.
func (x *Context) gradientAt(rule Rule, n *onnx.Node, gradient string, i int) string {
	before := map[string][]string{}
	for _, name := range append([]string{n.Outputs[0]}, n.Inputs...) {
		before[name] = x.tape.parts[name]
		x.tape.parts[name] = nil
	}
	x.tape.parts[n.Outputs[0]] = []string{gradient}
	inner := &Context{tape: x.tape, Node: n, hint: x.hint, err: x.err}
	if err := rule(inner); err != nil {
		x.fail("%w", err)
	}
	if x.err == nil {
		x.err = inner.err
	}
	got := x.tape.sum(n.Input(i))
	for name, parts := range before {
		x.tape.parts[name] = parts
	}
	return got
}
