package autodiff_test

import "github.com/sightline/sightline/onnx"

var reducers = map[string]func(dice) problem{
	"ReduceMean": reduce("ReduceMean"), "ReduceSum": reduce("ReduceSum"), "ReduceMax": reduce("ReduceMax"), "ReduceMin": reduce("ReduceMin"),
	"ReduceL1": reduce("ReduceL1"), "ReduceL2": reduce("ReduceL2"), "ReduceSumSquare": reduce("ReduceSumSquare"),
	"ReduceLogSumExp": reduce("ReduceLogSumExp"), "Softmax": normalise("Softmax"), "LogSoftmax": normalise("LogSoftmax"),
	"LayerNormalization": layerNorm, "InstanceNormalization": instanceNorm, "GroupNormalization": groupNorm, "LRN": lrn,
	"BatchNormalization": batchNorm,
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
