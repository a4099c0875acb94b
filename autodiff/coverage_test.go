package autodiff_test

import (
	"strings"
	"testing"

	"github.com/sightline/sightline/autodiff"
)

// exported are the operators that image classifiers are exported with. Each must be
// compared with differences; those that are flat, and those that quantise, have
// tests of their own.
const exported = `Conv ConvTranspose Gemm MatMul Einsum BatchNormalization InstanceNormalization GroupNormalization LayerNormalization LRN
	RMSNormalization MeanVarianceNormalization LpNormalization
	Relu LeakyRelu PRelu Elu Selu Celu Clip HardSigmoid HardSwish Sigmoid Tanh Softplus Softsign Erf Gelu Mish Swish ThresholdedRelu Shrink
	Exp Log Sqrt Reciprocal Pow Abs Neg Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh
	Add Sub Mul Div Mod Min Max Sum Mean Where MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool GlobalLpPool
	ReduceMean ReduceSum ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp ReduceLogSum ReduceProd Softmax LogSoftmax
	Concat Split Slice Gather GatherElements GatherND ScatterElements ScatterND TopK CumSum Trilu Pad
	Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Resize DepthToSpace SpaceToDepth Identity Dropout Cast Attention If`

// TestExportedOperators fails when one of them is forgotten.
func TestExportedOperators(t *testing.T) {
	compared := map[string]bool{}
	for _, family := range families {
		for _, make := range family {
			for trial := range trials {
				for _, n := range make(newDice(trial)).nodes {
					compared[n.Op] = true
				}
			}
		}
	}
	for _, op := range strings.Fields(exported) {
		if !compared[op] {
			t.Errorf("%s is not compared with differences", op)
		}
	}
	for _, op := range strings.Fields("Floor Ceil Round Sign Hardmax QuantizeLinear DequantizeLinear") {
		if autodiff.Plain()[op] == nil {
			t.Errorf("%s has no rule", op)
		}
	}
	for _, op := range strings.Fields(`QLinearConv QLinearMatMul QGemm QLinearAdd QLinearMul QLinearSigmoid QLinearLeakyRelu QLinearConcat
		QLinearAveragePool QLinearGlobalAveragePool QLinearSoftmax ConvInteger MatMulInteger DynamicQuantizeLinear`) {
		if !quantisedOperators()[op] {
			t.Errorf("%s is not compared with the float operator", op)
		}
	}
}

// TestFlat: where a path of smooth operators and one of flat ones meet, only the
// first has a gradient.
func TestFlat(t *testing.T) {
	for _, op := range strings.Fields("Floor Ceil Round Sign") {
		c := rewrite(t, nil, node(op, "f", "x"), node("Add", "y", "f", "x"))
		got := open(t, c, autodiff.Options{})([]float32{-2.3, -0.6, 0.2, 0.7, 1.2, 2.4, 3.3, 4.6}, 2)[1].Floats()
		for i, g := range got {
			if want := map[bool]float32{i == 2: 1}[true]; g != want {
				t.Errorf("%s: gradient %v", op, got)
				break
			}
		}
	}
}
