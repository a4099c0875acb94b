package autodiff_test

import "github.com/sightline/sightline/onnx"

var movements = map[string]func(dice) problem{
	"Reshape": reshape, "Flatten": unary("Flatten", 0, 0), "Transpose": transpose, "Concat": concat, "Slice": slice, "Split": split,
	"Pad": pad, "Expand": expand, "Tile": tile, "Gather": gather, "GatherElements": gatherElements, "DepthToSpace": depthToSpace,
	"SpaceToDepth": spaceToDepth, "Resize": resize, "Unsqueeze": unsqueeze,
}

func ints(name string, v ...int64) *onnx.Tensor { return onnx.IntTensor(name, v, int64(len(v))) }

func reshape(d dice) problem {
	s := d.shape(3)
	return op("Reshape", [][]int64{s}, []*onnx.Tensor{ints("to", s[0]*s[1], -1)})
}

func unsqueeze(d dice) problem {
	return op("Unsqueeze", [][]int64{d.shape(2)}, []*onnx.Tensor{ints("axes", -1, 1)})
}

func transpose(d dice) problem {
	perm := []int64{0, 1, 2, 3}
	d.Shuffle(4, func(i, j int) { perm[i], perm[j] = perm[j], perm[i] })
	return op("Transpose", [][]int64{d.shape(4)}, nil, onnx.IntsAttr("perm", perm...))
}

func concat(d dice) problem {
	a, axis := d.shape(3), int64(d.IntN(3))
	b := append([]int64{}, a...)
	b[axis] = d.dim(1)
	return op("Concat", [][]int64{a, b}, nil, onnx.IntAttr("axis", axis-3*int64(d.IntN(2))))
}

func slice(d dice) problem {
	s := []int64{d.dim(1), d.dim(4), d.dim(4)}
	choices := [][4]int64{{1, 3, 1, 1}, {0, 9, 2, 2}, {-1, -9, -1, 1}, {-3, 99, -1, 1}, {3, 0, 1, -2}}
	c := choices[d.IntN(len(choices))]
	return op("Slice", [][]int64{s}, []*onnx.Tensor{ints("starts", c[0], 1), ints("ends", c[1], 3), ints("axes", []int64{2, 1, -1}[d.IntN(2)*2], 1), ints("steps", sliceStep(c), 1)})
}

func sliceStep(c [4]int64) int64 {
	if c[0] < 0 && c[1] < -3 || c[0] > c[1] && c[1] >= 0 {
		return min(c[3], -1)
	}
	return max(c[3], 1)
}

func split(d dice) problem {
	p := op("Split", [][]int64{{2, 5, d.dim(1)}}, []*onnx.Tensor{ints("sizes", 1, 2, 2)}, onnx.IntAttr("axis", 1))
	p.nodes[0].Outputs = []string{"a", "b", "c"}
	p.nodes = append(p.nodes, onnx.NewNode("Sub", []string{"c", "a"}, []string{"y"})) // b is not used
	return p
}

func pad(d dice) problem {
	mode := []string{"constant", "reflect", "edge", "wrap"}[d.IntN(4)]
	pads := []int64{0, int64(d.IntN(3)), int64(d.IntN(3)), 0, int64(d.IntN(3)), int64(d.IntN(3))}
	if mode == "constant" && d.IntN(2) == 0 {
		pads[1], pads[5] = -1, -1
	}
	return op("Pad", [][]int64{{2, d.dim(3), d.dim(3)}}, []*onnx.Tensor{ints("pads", pads...)}, onnx.StringAttr("mode", mode))
}

func expand(d dice) problem {
	n := d.dim(1)
	return op("Expand", [][]int64{{n, 1}}, []*onnx.Tensor{ints("to", 2, n, d.dim(1))})
}

func tile(d dice) problem {
	return op("Tile", [][]int64{d.shape(3)}, []*onnx.Tensor{ints("repeats", 1+int64(d.IntN(2)), 1+int64(d.IntN(3)), 1+int64(d.IntN(2)))})
}

func gather(d dice) problem {
	s, axis := []int64{d.dim(2), d.dim(2), d.dim(2)}, int64(d.IntN(3))
	index := []*onnx.Tensor{onnx.IntTensor("index", []int64{-1}), ints("index", 1), ints("index", 0, 1, 1), onnx.IntTensor("index", []int64{0, 1, -1, 0}, 2, 2)}
	return op("Gather", [][]int64{s}, index[d.IntN(4):][:1], onnx.IntAttr("axis", axis))
}

func gatherElements(d dice) problem {
	return op("GatherElements", [][]int64{{2, d.dim(2)}}, []*onnx.Tensor{onnx.IntTensor("index", []int64{0, 1, 1, 1, 0, 0}, 2, 3)}, onnx.IntAttr("axis", 1))
}

func depthToSpace(d dice) problem {
	return op("DepthToSpace", [][]int64{{1, 4 * d.dim(1), d.dim(1), d.dim(1)}}, nil, onnx.IntAttr("blocksize", 2),
		onnx.StringAttr("mode", []string{"DCR", "CRD"}[d.IntN(2)]))
}

func spaceToDepth(d dice) problem {
	return op("SpaceToDepth", [][]int64{{2, d.dim(1), 2 * d.dim(1), 4}}, nil, onnx.IntAttr("blocksize", 2))
}

func resize(d dice) problem {
	mode := []string{"nearest", "linear", "cubic"}[d.IntN(3)]
	coordinates := []string{"half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"}[d.IntN(4)]
	nearest := []string{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}[d.IntN(4)]
	s := []int64{1, 1 + int64(d.IntN(2)), d.dim(2), d.dim(2)}
	p := op("Resize", [][]int64{s}, nil, onnx.StringAttr("mode", mode), onnx.StringAttr("coordinate_transformation_mode", coordinates),
		onnx.StringAttr("nearest_mode", nearest))
	if d.IntN(2) == 0 {
		p.constants = []*onnx.Tensor{ints("sizes", s[0], s[1], d.dim(2), d.dim(3))}
		p.nodes[0].Inputs = []string{"x0", "", "", "sizes"}
	} else {
		p.constants = []*onnx.Tensor{onnx.FloatTensor("scales", []float32{1, 1, 2, 1.5}, 4)}
		p.nodes[0].Inputs = []string{"x0", "", "scales"}
	}
	return p
}
