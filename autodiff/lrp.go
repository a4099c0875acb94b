package autodiff

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// A Composite is a rule set of layer-wise relevance propagation (Bach et al. 2015;
// composites: Montavon et al. 2019, section 10.3; Kohlbrenner et al. 2020, "Towards
// best practice in explaining neural network decisions with LRP"): which rule each kind
// of weighted layer gets. Every rule's function cites its paper and equation and tells
// of its parameters.
type Composite struct {
	Dense LinearRule // Gemm, MatMul with constant weights, convolutions to a single place
	Conv  LinearRule // other convolutions
	First LinearRule // the layer that reads the input; nil: the rule of its kind
}

// Relevance returns the rules of a composite. Differentiating a score s with them
// gives, with respect to a graph input x, relevance: numbers of x's shape whose sum
// is s less what biases take up. With respect to another tensor a it gives
// relevance divided by a.
//
// Inside the graph relevance is carried as R/a, the "modified gradient". Sums,
// means, products with constants, layout operators, Relu and MaxPool then have
// their plain rules (proportional Add, winner-take-all MaxPool), and nothing is
// divided by an activation near zero: a rule's quotients are z/z' of a layer's
// result z and a z' of its sign that is no smaller. Biases and constants that are added keep
// their share. The layer that reads the input, and what comes before it (an
// input's normalisation, padding and layout), carry relevance itself.
//
// A product of a value and a gate (x·Sigmoid(…), attention·V, x/σ) gives all to the
// value: gates count as constants (Arras et al. 2017; for LayerNormalization and
// attention Ali et al. 2022). Products in which no side is a gate, functions that
// are not zero at zero, and weights computed from the image are a
// [*RelevanceError].
func Relevance(c Composite) Rules {
	l := &lrp{composite: c}
	rules := Rules{}
	for op, rule := range Plain() {
		rules[op] = l.wrap(refused)
		if sameForRelevance[op] {
			rules[op] = l.wrap(rule)
		}
	}
	for op, rule := range map[string]Rule{
		"Conv": l.linear, "ConvTranspose": l.linear, "Gemm": l.linear, "MatMul": l.matMul, "Mul": l.mul, "Div": l.div, "Einsum": l.einsum,
		"Clip": ratio, "Elu": ratio, "Selu": ratio, "Celu": ratio, "Tanh": ratio, "Softsign": ratio, "Erf": ratio, "ThresholdedRelu": ratio, "LRN": ratio,
		"LayerNormalization": layerNormRelevance, "PRelu": l.prelu, "QuantizeLinear": quantizeRelevance, "com.microsoft.QuantizeLinear": quantizeRelevance,
		"DequantizeLinear": dequantizeRelevance, "com.microsoft.DequantizeLinear": dequantizeRelevance,
	} {
		rules[op] = l.wrap(rule)
	}
	return rules
}

// sameForRelevance are operators whose plain rule is that of R/a: linear ones, and
// those that choose.
var sameForRelevance = func() map[string]bool {
	same := map[string]bool{}
	for _, op := range []string{"Identity", "Relu", "LeakyRelu", "Abs", "Neg", "Add", "Sub", "Max", "Min", "Where",
		"Reshape", "Transpose", "Concat", "Slice", "Split", "Pad", "Expand", "Cast", "Gather", "GatherElements", "Tile", "DepthToSpace", "SpaceToDepth",
		"MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "Resize",
		"ScatterElements", "ScatterND", "GatherND", "TopK", "CumSum", "Trilu", "Floor", "Ceil", "Round"} {
		same[op] = true
	}
	return same
}()

// A RelevanceError says that relevance cannot be propagated through a node.
type RelevanceError struct {
	Operator, Node string
	Reason         string
}

func (e *RelevanceError) Error() string {
	return fmt.Sprintf("there is no relevance rule for the operator %s (node %s): %s; the gradient methods, Grad-CAM, occlusion and RISE still work for this model", e.Operator, e.Node, e.Reason)
}

// refuse fails for the node.
func (x *Context) refuse(format string, args ...any) error {
	return &RelevanceError{key(x.Node), x.Node.Label(), fmt.Sprintf(format, args...)}
}

func refused(x *Context) error {
	return x.refuse("it is neither linear nor zero at zero, so its result has no shares")
}

// lrp is a rule set in use.
type lrp struct {
	composite Composite
	last      *flow // of the model that was differentiated last
}

// flow is what is known of a model's tensors.
type flow struct {
	model    *canonical.Model
	index    *onnx.Index
	raw      map[string]bool // the input, or the input normalised and laid out otherwise
	positive map[string]bool // never below zero, as far as looked at
}

func (l *lrp) flow(x *Context) *flow {
	if l.last == nil || l.last.model != x.tape.model {
		l.last = newFlow(x.tape.model)
	}
	return l.last
}

func newFlow(m *canonical.Model) *flow {
	f := &flow{m, m.Graph.Index(), map[string]bool{}, map[string]bool{}}
	for _, in := range m.Graph.Inputs {
		f.raw[in.Name] = true
	}
	for _, n := range m.Graph.Nodes {
		if !isPreparation[n.Op] || !slices.ContainsFunc(n.Inputs, func(in string) bool { return f.raw[in] }) {
			continue
		}
		if !slices.ContainsFunc(n.Inputs, func(in string) bool { return in != "" && !f.raw[in] && m.Constants[in] == nil }) {
			for _, out := range n.Outputs {
				f.raw[out] = true
			}
		}
	}
	return f
}

// isPreparation lists what may happen to pixels before the first layer.
var isPreparation = map[string]bool{"Identity": true, "Cast": true, "Transpose": true, "Reshape": true, "Pad": true, "Slice": true, "Split": true, "Concat": true,
	"Gather": true, "Add": true, "Sub": true, "Mul": true, "Div": true, "QuantizeLinear": true, "DequantizeLinear": true}

// wrap keeps to what a tape carries: before the first layer relevance itself,
// after it relevance divided by the value.
func (l *lrp) wrap(rule Rule) Rule {
	return func(x *Context) error {
		f := l.flow(x)
		if f.raw[x.Out(0)] {
			return prepared(x, rule)
		}
		for i, in := range x.Node.Inputs {
			if f.raw[in] && slices.Index(x.Node.Inputs, in) == i {
				before := x.tape.parts[in]
				x.tape.parts[in] = nil
				defer func() {
					if g := x.tape.sum(in); g != "" && x.err == nil && !x.isRelevance {
						x.tape.parts[in] = []string{x.Mul(in, g)}
					}
					x.tape.parts[in] = append(before[:len(before):len(before)], x.tape.parts[in]...)
				}()
			}
		}
		return rule(x)
	}
}

// prepared passes relevance itself through what precedes the first layer: a value
// keeps all of it whatever constant is added or multiplied.
func prepared(x *Context, rule Rule) error {
	switch x.Node.Op {
	case "Add", "Sub", "Mul", "Div", "QuantizeLinear", "DequantizeLinear":
		for i, in := range x.Node.Inputs {
			if x.Constant(in) == nil && x.Wanted(i) {
				x.Pass(i, x.SumTo(x.Grad(0), x.Shape(x.Out(0)), x.Shape(in)))
				return nil
			}
		}
	}
	return rule(x)
}

// above reports whether a tensor is known to have no value below zero.
func (f *flow) above(name string) bool {
	known, ok := f.positive[name]
	if !ok {
		n := f.index.Producer(name)
		known = n != nil && f.nodeAbove(n)
		f.positive[name] = known
	}
	return known
}

func (f *flow) nodeAbove(n *onnx.Node) bool {
	switch n.Op {
	case "Relu", "Sigmoid", "HardSigmoid", "Softmax", "Softplus", "Exp", "Abs", "ReduceL2", "ReduceL1", "ReduceSumSquare":
		return true
	case "Clip":
		return f.lowest(n) >= 0
	case "Identity", "Reshape", "Transpose", "Slice", "Split", "Expand", "Gather", "Tile", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
		"ReduceMean", "ReduceSum", "ReduceMax":
		return f.above(n.Input(0))
	case "Add", "Mul", "Concat":
		return !slices.ContainsFunc(n.Inputs, func(in string) bool { return !f.above(in) })
	case "Pad":
		return f.above(n.Input(0)) && n.Input(2) == ""
	}
	return false
}

// lowest is the constant lower bound of a Clip; below zero when there is none.
func (f *flow) lowest(n *onnx.Node) float32 { return f.bound(n.Input(1)) }

// bound is a constant's first value, -1 when it is none.
func (f *flow) bound(name string) float32 {
	if t := f.model.Constants[name]; t != nil {
		if v, err := t.Floats(); err == nil && len(v) > 0 {
			return v[0]
		}
	}
	return -1
}

// cutBelow reports whether everything that reads a tensor ignores values below
// zero, so that only those above have relevance.
func (f *flow) cutBelow(name string) bool {
	uses := f.index.Consumers(name)
	return len(uses) > 0 && f.model.Graph.Output(name) == nil && !slices.ContainsFunc(uses, func(u onnx.Use) bool {
		return u.Node.Op != "Relu" && (u.Node.Op != "Clip" || f.lowest(u.Node) != 0)
	})
}

// rectified is the Relu of a tensor that only a Relu reads, else the tensor:
// wherever it has relevance, both are the same, and runtimes fuse a layer with its
// Relu if nothing else asks for what is between.
func (f *flow) rectified(name string) string {
	if uses := f.index.Consumers(name); len(uses) == 1 && uses[0].Node.Op == "Relu" && f.model.Graph.Output(name) == nil {
		return uses[0].Node.Outputs[0]
	}
	return name
}

// gate reports whether a tensor only scales others: a bounded function of
// something, however arranged.
func (f *flow) gate(name string) bool {
	n := f.index.Producer(name)
	if n == nil {
		return false
	}
	switch n.Op {
	case "Sigmoid", "HardSigmoid", "Softmax", "Tanh", "Erf":
		return true
	case "Identity", "Reshape", "Transpose", "Expand", "Slice", "Split", "Gather", "Cast", "QuantizeLinear", "DequantizeLinear":
		return f.gate(n.Input(0))
	case "Add", "Sub", "Mul", "Div":
		computed := slices.DeleteFunc(slices.Clone(n.Inputs), func(in string) bool { return f.model.Constants[in] != nil })
		return len(computed) == 1 && f.gate(computed[0])
	case "Clip": // max(0, min(1, …)) spelled out
		return f.lowest(n) == 0 && f.bound(n.Input(2)) == 1
	}
	return false
}
