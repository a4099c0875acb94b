package autodiff_test

import (
	"github.com/sightline/sightline/onnx"
)

// chains are short networks whose gradients are emitted otherwise than those of
// their operators alone: in blocks of channels, at strides, before pools.
var chains = map[string]func(dice) problem{
	"depthwise at strides": depthwise, "pointwise at strides": pointwise, "first convolution": firstConv, "gate before a pool": gatedPool,
	"clip in blocks": clipInBlocks, "residual in blocks": residual,
}

func (p problem) then(op string, inputs []string, output string, attributes ...*onnx.Attribute) problem {
	p.nodes = append(p.nodes, onnx.NewNode(op, inputs, []string{output}, attributes...))
	return p
}

// strides gives every axis its own stride in some trials.
func (d dice) strides() *onnx.Attribute {
	s := int64(2 + d.IntN(2))
	if d.IntN(3) == 0 {
		return onnx.IntsAttr("strides", s, int64(1+d.IntN(3)))
	}
	return onnx.IntsAttr("strides", s, s)
}

func depthwise(d dice) problem {
	c, k := 1+d.dim(1), int64(1+d.IntN(4))
	pads := []int64{int64(d.IntN(int(k))), int64(d.IntN(int(k))), int64(d.IntN(int(k))), int64(d.IntN(int(k)))}
	return op("Conv", [][]int64{{2, c, k + d.dim(1), k + d.dim(1)}}, []*onnx.Tensor{d.weights("w", c, 1, k, k)},
		onnx.IntAttr("group", c), d.strides(), onnx.IntsAttr("pads", pads...))
}

func pointwise(d dice) problem {
	in := d.dim(1)
	return op("Conv", [][]int64{{2, in, d.dim(2), d.dim(2)}}, []*onnx.Tensor{d.weights("w", d.dim(1), in, 1, 1)}, d.strides())
}

func firstConv(d dice) problem {
	in, k := d.dim(1), int64(1+d.IntN(7))
	return op("Conv", [][]int64{{1, in, k + d.dim(1), k + d.dim(1)}}, []*onnx.Tensor{d.weights("w", d.dim(1), in, k, k)},
		d.strides(), onnx.IntsAttr("pads", k/2, k/2, k/2, k/2))
}

// gatedPool: the gate's mask may be applied after the pool, but not where others
// read the gate too.
func gatedPool(d dice) problem {
	s := []int64{1, d.dim(1), d.dim(3), d.dim(3)}
	p := problem{inputs: [][]int64{s}, constants: []*onnx.Tensor{onnx.FloatTensor("low", []float32{-1}), onnx.FloatTensor("high", []float32{1}), onnx.FloatTensor("two", []float32{2})}}
	gate := d.IntN(2)
	p = p.then([]string{"Relu", "Clip"}[gate], []string{"x0", "low", "high"}[:1+2*gate], "gated")
	p = p.then("MaxPool", []string{"gated"}, "pooled", onnx.IntsAttr("kernel_shape", 3, 3), onnx.IntsAttr("strides", 2, 2), onnx.IntsAttr("pads", 1, 1, 1, 1))
	if d.IntN(2) == 0 {
		return p.then("Mul", []string{"pooled", "two"}, "y")
	}
	p = p.then("ReduceMax", []string{"gated", "space"}, "largest", onnx.IntAttr("keepdims", 1))
	p.constants = append(p.constants, ints("space", 2, 3))
	return p.then("Sub", []string{"pooled", "largest"}, "y")
}

// wide are sixteen channels, each one of the input's, or half of it, or its
// negative, so that kinks stay where no difference crosses them.
func wide(d dice) problem {
	in := d.dim(1)
	w := make([]float32, 16*in)
	for i := range int64(16) {
		w[i*in+i%in] = []float32{1, -1, 0.5}[d.IntN(3)]
	}
	p := problem{inputs: [][]int64{{2, in, d.dim(1), d.dim(1)}}, constants: []*onnx.Tensor{onnx.FloatTensor("wide", w, 16, in, 1, 1)}}
	return p.then("Conv", []string{"x0", "wide"}, "a")
}

func clipInBlocks(d dice) problem {
	p := wide(d)
	p.constants = append(p.constants, onnx.FloatTensor("low", []float32{-1}), onnx.FloatTensor("high", []float32{1}), d.weights("narrow", 3, 16, 1, 1))
	return p.then("Clip", []string{"a", "low", "high"}, "b").then("Conv", []string{"b", "narrow"}, "y")
}

// residual has a strided branch, one that is pooled globally, and one that stays.
func residual(d dice) problem {
	p, stay := wide(d), make([]float32, 16*16)
	for i := range stay {
		stay[i] = float32(d.Float64()) // what it adds to is not negative, nor then is the sum
	}
	p.constants = append(p.constants, d.weights("down", 16, 16, 1, 1), onnx.FloatTensor("stay", stay, 16, 16, 1, 1))
	p = p.then("Relu", []string{"a"}, "b").then("Conv", []string{"b", "stay"}, "c").then("Add", []string{"b", "c"}, "r").then("Relu", []string{"r"}, "e")
	p = p.then("Conv", []string{"e", "down"}, "f", onnx.IntsAttr("strides", 2, 2)).then("GlobalAveragePool", []string{"f"}, "g")
	return p.then("GlobalAveragePool", []string{"e"}, "h").then("Add", []string{"g", "h"}, "y")
}
