package autodiff_test

import "github.com/sightline/sightline/onnx"

var reducers = map[string]func(dice) problem{
	"ReduceMean": reduce("ReduceMean"), "ReduceSum": reduce("ReduceSum"), "ReduceMax": reduce("ReduceMax"), "ReduceMin": reduce("ReduceMin"),
	"ReduceL1": reduce("ReduceL1"), "ReduceL2": reduce("ReduceL2"), "ReduceSumSquare": reduce("ReduceSumSquare"),
	"ReduceLogSumExp": reduce("ReduceLogSumExp"), "Softmax": normalise("Softmax"), "LogSoftmax": normalise("LogSoftmax"),
	"LayerNormalization": layerNorm, "InstanceNormalization": instanceNorm, "GroupNormalization": groupNorm, "LRN": lrn,
	"BatchNormalization": batchNorm, "computed BatchNormalization": computedNorm, "ReduceProd": reduce("ReduceProd"), "ReduceLogSum": positive(reduce("ReduceLogSum")),
	"MeanVarianceNormalization": meanVariance, "RMSNormalization": rmsNorm, "LpNormalization": lpNorm, "GlobalLpPool": globalLp,
}

// positive is a problem with values between ½ and 3.
func positive(make func(dice) problem) func(dice) problem {
	return func(d dice) problem { return make(d).between(0.5, 3) }
}

// computedNorm has parameters that nodes compute, though not from the image.
func computedNorm(d dice) problem {
	c := d.dim(1)
	p := problem{inputs: [][]int64{{2, c, d.dim(1)}, {c, 1}}, constants: []*onnx.Tensor{d.weights("scale", c), d.weights("bias", c)}}
	p = p.then("Softplus", []string{"scale"}, "variance") // not folded: it is no arithmetic of shapes
	p = p.then("BatchNormalization", []string{"x0", "scale", "bias", "bias", "variance"}, "n")
	return p.then("Mul", []string{"n", "x1"}, "m").then("ReduceSum", []string{"m", "last"}, "y").constant(ints("last", -1))
}

func (p problem) constant(t *onnx.Tensor) problem {
	p.constants = append(p.constants, t)
	return p
}

func meanVariance(d dice) problem {
	return op("MeanVarianceNormalization", [][]int64{{2, d.dim(1), d.dim(2), d.dim(2)}}, nil, onnx.IntsAttr("axes", 2, 3))
}

func rmsNorm(d dice) problem {
	s := []int64{2, d.dim(1), d.dim(2)}
	return op("RMSNormalization", [][]int64{s}, []*onnx.Tensor{d.weights("scale", s[2])})
}

func lpNorm(d dice) problem {
	return op("LpNormalization", [][]int64{{2, d.dim(2), d.dim(1)}}, nil, onnx.IntAttr("p", int64(1+d.IntN(2))), onnx.IntAttr("axis", 1))
}

func globalLp(d dice) problem {
	return op("GlobalLpPool", [][]int64{{2, d.dim(1), d.dim(2), d.dim(1)}}, nil, onnx.IntAttr("p", int64(1+d.IntN(3))))
}

func reduce(name string) func(dice) problem {
	return func(d dice) problem {
		axes := [][]int64{{0}, {1}, {-1}, {1, 2}, {0, 1, 2}}[d.IntN(5)]
		return op(name, [][]int64{d.shape(3)}, []*onnx.Tensor{ints("axes", axes...)}, onnx.IntAttr("keepdims", int64(d.IntN(2))))
	}
}

func normalise(name string) func(dice) problem {
	return func(d dice) problem {
		return op(name, [][]int64{{d.dim(1), d.dim(2), d.dim(2)}}, nil, onnx.IntAttr("axis", int64(1+d.IntN(2))-3*int64(d.IntN(2))))
	}
}

func layerNorm(d dice) problem {
	s, axis := []int64{2, d.dim(3), d.dim(3)}, 1+d.IntN(2)
	return op("LayerNormalization", [][]int64{s}, []*onnx.Tensor{d.weights("scale", s[axis:]...), d.weights("bias", s[axis:]...)},
		onnx.IntAttr("axis", int64(axis)-3*int64(d.IntN(2))), onnx.FloatAttr("epsilon", 1e-3))
}

func instanceNorm(d dice) problem {
	s := []int64{2, d.dim(1), d.dim(2), d.dim(2)}
	return op("InstanceNormalization", [][]int64{s}, []*onnx.Tensor{d.weights("scale", s[1]), d.weights("bias", s[1])})
}

func groupNorm(d dice) problem {
	s := []int64{2, 4, d.dim(2), d.dim(2)}
	return op("GroupNormalization", [][]int64{s}, []*onnx.Tensor{d.weights("scale", 2), d.weights("bias", 2)}, onnx.IntAttr("num_groups", 2))
}

func batchNorm(d dice) problem {
	c := d.dim(1)
	variance := onnx.FloatTensor("variance", make([]float32, c), c)
	return op("BatchNormalization", [][]int64{{2, c, d.dim(1)}}, []*onnx.Tensor{d.weights("scale", c), d.weights("bias", c), d.weights("mean", c), variance},
		onnx.FloatAttr("epsilon", 0.5))
}

func lrn(d dice) problem {
	return op("LRN", [][]int64{{1, d.dim(2), d.dim(1), d.dim(1)}}, nil, onnx.IntAttr("size", int64(1+2*d.IntN(3))),
		onnx.FloatAttr("alpha", 0.5), onnx.FloatAttr("beta", 0.6), onnx.FloatAttr("bias", 1.5))
}
