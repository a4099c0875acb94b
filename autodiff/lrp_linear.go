package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// A LinearRule distributes the relevance of a weighted layer's results over its
// inputs. In what follows a is one value of the data, w the weight it meets, c = a·w
// its contribution, z = Σ c + b the layer's result with its bias b, and R the result's
// relevance; Σ runs over the contributions to that result; c⁺ = max(c, 0), c⁻ = min(c, 0).
// Every rule says which share of R a contribution gets; a bias keeps its own.
type LinearRule struct {
	name string
	emit func(l *layer) string // R/a of the data, or R itself of rules for the first layer
	own  bool                  // emit gives R itself
}

// tiny keeps quotients finite where there is nothing to divide.
const tiny = 1e-12

// Epsilon is the ε-rule (Bach et al. 2015, "On pixel-wise explanations for non-linear
// classifier decisions by layer-wise relevance propagation", equation 58):
//
//	share = c ÷ (z + ε·sign z)
//
// epsilon, in units of z and at least 0, damps the relevance of small results: a
// share of ε ÷ (|z| + ε) of it is lost. At 0 this is the plain rule (equation 56),
// which in a network of Relu is input × gradient.
func Epsilon(epsilon float64) LinearRule {
	return LinearRule{name: "epsilon", emit: func(l *layer) string {
		g := l.x.Grad(0)
		if epsilon > 0 {
			size := l.x.Do("Abs", l.z)
			g = l.x.Mul(g, l.x.Do("Div", size, l.x.Do("Add", size, l.x.Num(epsilon))))
		}
		return l.x.gradientAt(l.plain, l.x.Node, g, l.data)
	}}
}

// Gamma is the γ-rule (Montavon et al. 2019, "Layer-wise relevance propagation: an
// overview", section 10.2.1, LRP-γ), in the form that is also right for data and
// results of either sign (Andéol et al. 2021, "Learning domain invariant
// representations by joint Wasserstein distance minimization"; zennit's Gamma):
//
//	share = (c + γ·c⁺) ÷ (z + γ·(Σ c⁺ + b⁺))   where z > 0
//	share = (c + γ·c⁻) ÷ (z + γ·(Σ c⁻ + b⁻))   where z < 0
//
// gamma, at least 0, is how much more the contributions of the result's own sign
// count: 0 is the plain rule, and towards infinity, for z > 0, it is the z⁺-rule. The
// paper's form has the first line only, for data that are not negative.
func Gamma(gamma float64) LinearRule {
	up := func(w float32) float32 { return w + float32(gamma)*max(w, 0) }
	down := func(w float32) float32 { return w + float32(gamma)*min(w, 0) }
	return LinearRule{name: "gamma", emit: func(l *layer) string {
		flow := l.x.Mul(l.z, l.x.Grad(0)) // R
		if l.onlyAbove {
			high := l.quotient(flow, l.sum(up, down), 1)
			return l.bySign(l.back(high, up), func() string { return l.back(high, down) })
		}
		above := l.sum(up, down)
		high := l.quotient(l.x.Mul(flow, l.x.Above(l.z, 0)), above, 1)
		low := l.quotient(l.x.Mul(flow, l.x.Below(l.z, 0)), l.below(above, gamma, func() string { return l.sum(down, up) }), -1)
		add := func(h, w func(float32) float32) string { return l.x.Do("Add", l.back(high, h), l.back(low, w)) }
		return l.bySign(add(up, down), func() string { return add(down, up) })
	}}
}

// leastGamma is the γ from which the γ-rule's second sum is told by its first. Where z < 0, the
// only place where it is used, it is (1 + γ)·z − γ·(Σ c⁺ + b⁺), two numbers of one sign: nothing
// cancels but what cancels in z, and γ weighs that down.
const leastGamma = 0.05

// below is the sum with which the γ-rule divides where z < 0. The two sums add up to (2 + γ)·z,
// since Σ c⁺ + b⁺ and Σ c⁻ + b⁻ add up to z; computed is that sum by itself.
func (l *layer) below(above string, gamma float64, computed func() string) string {
	if gamma < leastGamma {
		return computed()
	}
	return l.x.Do("Sub", l.x.Scale(l.z, 2+gamma), above)
}

// ZPlus is the z⁺-rule (Montavon et al. 2017, "Explaining nonlinear classification
// decisions with deep Taylor decomposition", the rule for data that are not negative;
// Bach et al. 2015, equation 60 with α = 1 and β = 0). It has no parameters:
//
//	share = c⁺ ÷ (Σ c⁺ + b⁺)
func ZPlus() LinearRule { return AlphaBeta(1, 0) }

// AlphaBeta is the αβ-rule (Bach et al. 2015, equation 60, where β has the other
// sign):
//
//	share = α·c⁺ ÷ (Σ c⁺ + b⁺) − β·c⁻ ÷ (Σ c⁻ + b⁻)
//
// alpha, at least 1, weighs what speaks for the result, beta, at least 0, what speaks
// against it. α − β must be 1, or relevance is not conserved; 2 and 1 are usual.
func AlphaBeta(alpha, beta float64) LinearRule {
	up := func(w float32) float32 { return max(w, 0) }
	down := func(w float32) float32 { return min(w, 0) }
	return LinearRule{name: "alpha-beta", emit: func(l *layer) string {
		flow := l.x.Mul(l.z, l.x.Grad(0))
		high := l.quotient(l.x.Scale(flow, alpha), l.sum(up, down), 1)
		if beta == 0 {
			return l.bySign(l.back(high, up), func() string { return l.back(high, down) })
		}
		low := l.quotient(l.x.Scale(flow, -beta), l.sum(down, up), -1)
		add := func(h, w func(float32) float32) string { return l.x.Do("Add", l.back(high, h), l.back(low, w)) }
		return l.bySign(add(up, down), func() string { return add(down, up) })
	}}
}

// Flat spreads relevance evenly over what a result is computed from, for the first
// layer: pixels of value zero are no less seen than others (Lapuschkin et al.
// 2019, "Unmasking Clever Hans predictors and assessing what machines really learn",
// methods). It has no parameters:
//
//	share = 1 ÷ number of contributions
func Flat() LinearRule { return blind("flat", func(float32) float32 { return 1 }) }

// blind is a rule whose shares are weights alone.
func blind(name string, weight func(float32) float32) LinearRule {
	return LinearRule{name: name, own: true, emit: func(l *layer) string {
		s := slices.Clone(l.x.Shape(l.x.In(l.data)))
		if l.x.err != nil {
			return ""
		}
		s[0] = 1
		ones := l.x.Emit("ConstantOfShape", []string{l.x.Vector(s...)}, onnx.TensorAttr("value", onnx.FloatTensor("", []float32{1}, 1)))
		total := l.forward(ones, weight, nil)
		return l.back(l.x.Do("Div", l.x.Mul(l.z, l.x.Grad(0)), total), weight)
	}}
}

// layer is a node that multiplies data with constant weights and may add a
// constant bias.
type layer struct {
	x         *Context
	plain     Rule
	data      int    // which input is the data
	z         string // the result, wherever it has relevance
	dataAbove bool   // the data have no value below zero
	onlyAbove bool   // results below zero have no relevance
}

// linear is the rule of weighted layers: which one, the composite tells.
func (l *lrp) linear(x *Context) error {
	f := l.flow(x)
	y := &layer{x: x, plain: linearPlain[x.Node.Op], z: f.rectified(x.Out(0)), onlyAbove: f.cutBelow(x.Out(0))}
	if !x.Wanted(0) {
		y.data = 1
	}
	if x.Constant(x.In(1-y.data)) == nil || (x.In(2) != "" && x.Constant(x.In(2)) == nil) {
		return x.refuse("its weights are computed from the image")
	}
	y.dataAbove = f.above(x.In(y.data))
	rule := l.composite.Dense
	if s := x.Shape(x.Out(0)); len(s) > 2 && (x.Node.Op == "Conv" || x.Node.Op == "ConvTranspose") && slices.Max(s[2:]) > 1 {
		rule = l.composite.Conv
	}
	if f.raw[x.In(y.data)] && l.composite.First.emit != nil {
		rule = l.composite.First
	}
	if rule.name != "epsilon" && (y.data == 1 || x.Node.Int("transA", 0) != 0) {
		return x.refuse("weights in front of the data are known to the epsilon rule only")
	}
	g := rule.emit(y)
	x.isRelevance = rule.own
	if rule.own && !f.raw[x.In(y.data)] {
		return x.refuse("the rule %s is for the first layer", rule.name)
	}
	x.Pass(y.data, g)
	return nil
}

var linearPlain = map[string]Rule{"Conv": conv, "ConvTranspose": convTranspose, "Gemm": gemm, "MatMul": matMul}

// with returns the node with weights and bias replaced by a function of each
// value; bias nil leaves it out. With weights that are signed by the function, so
// is Gemm's α, which must be above zero to keep the signs.
func (l *layer) with(data string, weight, bias func(float32) float32) *onnx.Node {
	n := *l.x.Node
	n.Name = ""
	n.Inputs = []string{data, l.changed(n.Input(1), weight)}
	if bias != nil && l.x.In(2) != "" {
		n.Inputs = append(n.Inputs, l.changed(l.x.In(2), bias))
	}
	if n.Op == "Gemm" && (n.Float("alpha", 1) <= 0 || n.Float("beta", 1) < 0) {
		l.x.fail("its factors alpha and beta are not above zero")
	}
	return &n
}

// changed adds the constant that a function makes of another's values.
func (l *layer) changed(name string, f func(float32) float32) string {
	t := l.x.Constant(name)
	values, err := t.Floats()
	if err != nil {
		l.x.fail("%w", err)
		return ""
	}
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return l.x.Floats(out, t.Dims...)
}

// forward is the layer's result on other data, weights and bias.
func (l *layer) forward(data string, weight, bias func(float32) float32) string {
	return l.x.emit(l.with(data, weight, bias), 1)[0]
}

// sum is the layer's result with data above zero meeting weights (and bias) by
// one function, data below zero meeting weights by another.
func (l *layer) sum(above, below func(float32) float32) string {
	a := l.x.In(l.data)
	if l.dataAbove {
		return l.forward(a, above, above)
	}
	positive := l.x.Do("Relu", a)
	negative := l.x.Do("Sub", a, positive)
	return l.x.Do("Add", l.forward(positive, above, above), l.forward(negative, below, nil))
}

// back passes s to the data through other weights.
func (l *layer) back(s string, weight func(float32) float32) string {
	n := l.with(l.x.In(l.data), weight, nil)
	n.Outputs = []string{l.x.Out(0)}
	return l.x.gradientAt(l.plain, n, s, l.data)
}

// quotient divides by what is known to have a sign, and by next to nothing where
// it is zero.
func (l *layer) quotient(a, by string, sign float64) string {
	if sign > 0 {
		return l.x.Do("Div", a, l.x.Do("Max", by, l.x.Num(tiny)))
	}
	return l.x.Do("Div", a, l.x.Do("Min", by, l.x.Num(-tiny)))
}

// bySign is above where the data are not below zero, and below elsewhere. Both are
// masked before they are added: where one does not hold it may be huge.
func (l *layer) bySign(above string, below func() string) string {
	if l.dataAbove {
		return above
	}
	negative := l.x.Below(l.x.In(l.data), 0)
	return l.x.Do("Add", l.x.Mul(above, l.x.Do("Sub", l.x.Num(1), negative)), l.x.Mul(below(), negative))
}
