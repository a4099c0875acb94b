package onnx

// Activation tells what the last operation of a classifier makes of its logits.
type Activation string

// The activations that are recognised at a graph's end.
const (
	NoActivation Activation = ""
	Softmax      Activation = "softmax"
	LogSoftmax   Activation = "log-softmax"
	Sigmoid      Activation = "sigmoid"
)

// Logit walks from output upwards over operators that only rearrange values to a
// trailing Softmax, LogSoftmax or Sigmoid, and returns the activation and the name
// of the tensor it is applied to. A softmax spelled out as Exp, ReduceSum and Div
// is recognised too. Without an activation it returns NoActivation and output.
//
// Whether a Softmax runs over the class axis cannot be told without shapes: that
// is for the caller to check (see [Node.Int] "axis").
func (x *Index) Logit(output string) (Activation, string) {
	for name, steps := output, 0; steps < 64; steps++ {
		n := x.Producer(name)
		switch {
		case n == nil:
			return NoActivation, output
		case n.Is("Softmax"):
			return Softmax, n.Input(0)
		case n.Is("LogSoftmax"):
			return LogSoftmax, n.Input(0)
		case n.Is("Sigmoid"):
			return Sigmoid, n.Input(0)
		case n.Is("Div"):
			logits := x.spelledSoftmax(n)
			if logits == "" {
				return NoActivation, output
			}
			return Softmax, logits
		case !n.Is(Rearranging...):
			return NoActivation, output
		}
		name = n.Input(0)
	}
	return NoActivation, output
}

// Rearranging operators keep every value; only shape or type change.
var Rearranging = []string{"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Dropout", "Transpose"}

// spelledSoftmax returns the logits when div is Exp(z) ÷ ReduceSum(Exp(z)), where
// z may be logits − ReduceMax(logits).
func (x *Index) spelledSoftmax(div *Node) string {
	exp, sum := x.Producer(div.Input(0)), x.Producer(div.Input(1))
	if !exp.Is("Exp") || !sum.Is("ReduceSum") || sum.Input(0) != div.Input(0) {
		return ""
	}
	sub := x.Producer(exp.Input(0))
	if sub.Is("Sub") {
		if top := x.Producer(sub.Input(1)); top.Is("ReduceMax") && top.Input(0) == sub.Input(0) {
			return sub.Input(0)
		}
	}
	return exp.Input(0)
}

// A Feature is where a classifier's penultimate representation is: Tensor is the
// input of its last linear layer Layer. Pooled means that layer is a convolution
// whose result is averaged over space afterwards, so that the representation of
// the image is the spatial mean of Tensor. Quantised names the scale and zero
// point of Tensor when it holds quantised integers.
type Feature struct {
	Tensor    string
	Layer     *Node
	Pooled    bool
	Quantised []string // scale, zero point
}

// Embedding walks from the logits upwards to the last linear layer: Gemm, MatMul
// or Conv with constant weights, or their quantised and fused kin. It returns
// false when there is none within reach.
func (x *Index) Embedding(logits string) (Feature, bool) {
	f := Feature{}
	for name, steps := logits, 0; steps < 64; steps++ {
		n := x.Producer(name)
		if n == nil {
			return Feature{}, false
		}
		if x.isLinear(n) {
			f.Layer, f.Tensor = n, n.Input(0)
			if n.Op == "QGemm" || n.Op == "QLinearMatMul" || n.Op == "QLinearConv" {
				f.Quantised = []string{n.Input(1), n.Input(2)}
			}
			return f, true
		}
		f.Pooled = f.Pooled || isPool(n)
		next, ok := x.upstream(n)
		if !ok {
			return Feature{}, false
		}
		name = next
	}
	return Feature{}, false
}

// upstream returns the one input of n that depends on the image, for operators
// that may stand between the last linear layer and the logits.
func (x *Index) upstream(n *Node) (string, bool) {
	if isPool(n) || n.Is(Rearranging...) || n.Is("Relu", "Clip", "LeakyRelu", "BatchNormalization", "DequantizeLinear", "QuantizeLinear", "HardSigmoid", "Sigmoid", "Tanh", "Softmax", "LogSoftmax") {
		return n.Input(0), n.Input(0) != ""
	}
	if n.Is("Add", "Sub", "Mul", "Div") && len(n.Inputs) == 2 {
		switch {
		case x.isConstant(n.Input(1)):
			return n.Input(0), true
		case x.isConstant(n.Input(0)):
			return n.Input(1), true
		}
	}
	return "", false
}

// EndsLinear reports whether a tensor is what a linear layer gives, its bias added or
// averaged over space at most: then its values are not bounded as probabilities are.
func (x *Index) EndsLinear(name string) bool {
	for range 64 {
		n := x.Producer(name)
		switch {
		case n == nil:
			return false
		case x.isLinear(n):
			return true
		case isPool(n) || n.Is(Rearranging...) || n.Is("DequantizeLinear", "QuantizeLinear"):
			name = n.Input(0)
		case n.Is("Add"):
			next, ok := x.upstream(n)
			if !ok {
				return false
			}
			name = next
		default:
			return false
		}
	}
	return false
}

func isPool(n *Node) bool {
	return n.Is("GlobalAveragePool", "AveragePool", "ReduceMean", "GlobalMaxPool") || n.Op == "QLinearGlobalAveragePool"
}

// isLinear reports whether n multiplies something by constant weights.
func (x *Index) isLinear(n *Node) bool {
	switch n.Op {
	case "Gemm", "MatMul", "Conv", "FusedGemm", "FusedMatMul", "FusedConv":
		return !x.isConstant(n.Input(0)) && x.isConstant(n.Input(1))
	case "QGemm", "QLinearMatMul", "QLinearConv":
		return x.isConstant(n.Input(3))
	}
	return false
}

// isConstant reports whether name does not depend on the graph's inputs: weights
// may pass a DequantizeLinear, a Transpose or a Cast.
func (x *Index) isConstant(name string) bool {
	return name != "" && !x.DependsOnInputs()[name]
}
