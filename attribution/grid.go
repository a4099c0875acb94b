package attribution

import (
	"slices"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Grid says where in one sample of a layer's tensor the value of channel c at
// column x of row y lies: Offset + c·ChannelStride + y·RowStride + x·ColumnStride.
// It covers [C, H, W], [H, W, C] and rows of tokens with or without special ones
// in front.
type Grid struct {
	Channels, Height, Width                        int
	Offset, ChannelStride, RowStride, ColumnStride int
	Length                                         int // values of one sample, special tokens included
}

// at is the index of a position's first channel.
func (g Grid) at(y, x int) int { return g.Offset + y*g.RowStride + x*g.ColumnStride }

// arrangement is what the dimensions after the batch mean.
type arrangement int

const (
	channelsFirst arrangement = iota // [C, H, W]
	channelsLast                     // [H, W, C]
	tokens                           // [skip + H·W, C]
	planes                           // [C, skip + H·W]
)

// view is what is known of a tensor that holds places of the picture.
type view struct {
	arrangement
	height, width int // of tokens and planes; else the shape tells
	skip          int // special tokens in front
}

// grid is the view of a tensor of this shape; false where they do not fit.
func (v view) grid(s canonical.Shape) (Grid, bool) {
	var g Grid
	switch {
	case len(s) == 4 && v.arrangement == channelsFirst:
		g = Grid{Channels: int(s[1]), Height: int(s[2]), Width: int(s[3])}
		g.ChannelStride, g.RowStride, g.ColumnStride = g.Height*g.Width, g.Width, 1
	case len(s) == 4 && v.arrangement == channelsLast:
		g = Grid{Channels: int(s[3]), Height: int(s[1]), Width: int(s[2])}
		g.ChannelStride, g.RowStride, g.ColumnStride = 1, g.Width*g.Channels, g.Channels
	case len(s) == 3 && v.arrangement == tokens && s[1] == int64(v.skip+v.height*v.width):
		g = Grid{Channels: int(s[2]), Height: v.height, Width: v.width, Offset: v.skip * int(s[2])}
		g.ChannelStride, g.RowStride, g.ColumnStride = 1, v.width*g.Channels, g.Channels
	case len(s) == 3 && v.arrangement == planes && s[2] == int64(v.skip+v.height*v.width):
		g = Grid{Channels: int(s[1]), Height: v.height, Width: v.width, Offset: v.skip}
		g.ChannelStride, g.RowStride, g.ColumnStride = int(s[2]), v.width, 1
	default:
		return g, false
	}
	g.Length = 1
	for _, d := range s[1:] {
		g.Length *= int(d)
	}
	return g, canonical.Shape(s[1:]).Static() && g.Length > 0
}

// size is the number of rows and columns a view has on a tensor.
func (v view) size(s canonical.Shape) (height, width int) {
	g, _ := v.grid(s)
	return g.Height, g.Width
}

// views follows the places of the picture through a graph: which tensors have
// them, and along which dimensions. Convolutions and pools say it of themselves;
// reshapes, transpositions and what works value by value or on channels alone
// carry it on. A tensor that is left out may have places all the same.
func views(g *autodiff.Graph, layout imaging.Layout) map[string]view {
	known := map[string]view{}
	if layout == imaging.NHWC {
		known[g.Input] = view{arrangement: channelsLast}
	} else {
		known[g.Input] = view{}
	}
	f := follower{g.Model, known}
	for _, n := range g.Model.Graph.Nodes {
		for _, out := range n.Outputs {
			if v, ok := f.follow(n, out); ok {
				if _, fits := v.grid(f.shape(out)); fits {
					known[out] = v
				}
			}
		}
	}
	return known
}

type follower struct {
	model *canonical.Model
	known map[string]view
}

func (f follower) shape(name string) canonical.Shape { return f.model.Types[name].Shape }

// follow finds the view of one output of a node.
func (f follower) follow(n *onnx.Node, out string) (view, bool) {
	switch n.Op {
	case "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "DepthToSpace", "SpaceToDepth", "LRN":
		return view{}, len(f.shape(out)) == 4
	case "Transpose":
		return f.transpose(n)
	case "Reshape":
		return f.reshape(n.Input(0), out)
	case "Slice", "Concat", "Pad", "Gather":
		return f.longer(n, out)
	}
	return f.alike(n, out)
}

// alike carries a view on where one of the inputs has places and the output as
// many of them: elementwise operators, norms, products with weights.
func (f follower) alike(n *onnx.Node, out string) (view, bool) {
	for _, in := range n.Inputs {
		v, ok := f.known[in]
		if !ok {
			continue
		}
		height, width := v.size(f.shape(in))
		g, fits := v.grid(f.shape(out))
		if fits && g.Height == height && g.Width == width {
			return v, true
		}
	}
	return view{}, false
}

func (f follower) transpose(n *onnx.Node) (view, bool) {
	v, ok := f.known[n.Input(0)]
	if !ok {
		return v, false
	}
	switch perm := n.Ints("perm"); {
	case v.arrangement == channelsFirst && slices.Equal(perm, []int64{0, 2, 3, 1}):
		v.arrangement = channelsLast
	case v.arrangement == channelsLast && slices.Equal(perm, []int64{0, 3, 1, 2}):
		v.arrangement = channelsFirst
	case v.arrangement == planes && slices.Equal(perm, []int64{0, 2, 1}):
		v.arrangement = tokens
	case v.arrangement == tokens && slices.Equal(perm, []int64{0, 2, 1}):
		v.arrangement = planes
	default:
		return v, false
	}
	return v, true
}

// reshape joins rows and columns to a list of places, or parts them again.
func (f follower) reshape(in, out string) (view, bool) {
	v, ok := f.known[in]
	from, to := f.shape(in), f.shape(out)
	if !ok || from == nil || to == nil {
		return v, false
	}
	height, width := v.size(from)
	switch {
	case from.Equal(to):
		return v, true
	case len(from) == 4 && len(to) == 3 && v.arrangement == channelsFirst && to[1] == from[1]:
		return view{planes, height, width, 0}, true
	case len(from) == 4 && len(to) == 3 && v.arrangement == channelsLast && to[2] == from[3]:
		return view{tokens, height, width, 0}, true
	case len(from) == 3 && len(to) == 4 && v.arrangement == planes && v.skip == 0 && to[1] == from[1]:
		return view{arrangement: channelsFirst}, true
	case len(from) == 3 && len(to) == 4 && v.arrangement == tokens && v.skip == 0 && to[3] == from[2]:
		return view{arrangement: channelsLast}, true
	}
	return v, false
}

// longer is for operators that may add or drop special tokens or channels.
func (f follower) longer(n *onnx.Node, out string) (view, bool) {
	to := f.shape(out)
	for _, in := range n.Inputs {
		v, ok := f.known[in]
		if !ok || len(to) != len(f.shape(in)) || to == nil {
			continue
		}
		switch v.arrangement {
		case tokens:
			v.skip = int(to[1]) - v.height*v.width
		case planes:
			v.skip = int(to[2]) - v.height*v.width
		}
		return v, v.skip >= 0 && v.skip <= maxSpecial
	}
	return view{}, false
}

// maxSpecial is the most special tokens in front of a picture's: a class token, a
// distillation token, a few registers.
const maxSpecial = 8
