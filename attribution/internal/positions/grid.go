// Package positions follows the spatial positions through a model's graph.
package positions

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

// At is the index of a position's first channel.
func (g Grid) At(y, x int) int { return g.Offset + y*g.RowStride + x*g.ColumnStride }

// Arrangement is what the dimensions after the batch mean.
type Arrangement int

const (
	ChannelsFirst Arrangement = iota // [C, H, W]
	ChannelsLast                     // [H, W, C]
	Tokens                           // [skip + H·W, C]
	Planes                           // [C, skip + H·W]
)

// View is what is known of a tensor that holds spatial positions.
type View struct {
	Arrangement
	Height, Width int // of tokens and planes; else the shape tells
	Skip          int // special tokens in front
}

// Grid is the view of a tensor of this shape; false where they do not fit.
func (v View) Grid(s canonical.Shape) (Grid, bool) {
	var g Grid
	switch {
	case len(s) == 4 && v.Arrangement == ChannelsFirst:
		g = Grid{Channels: int(s[1]), Height: int(s[2]), Width: int(s[3])}
		g.ChannelStride, g.RowStride, g.ColumnStride = g.Height*g.Width, g.Width, 1
	case len(s) == 4 && v.Arrangement == ChannelsLast:
		g = Grid{Channels: int(s[3]), Height: int(s[1]), Width: int(s[2])}
		g.ChannelStride, g.RowStride, g.ColumnStride = 1, g.Width*g.Channels, g.Channels
	case len(s) == 3 && v.Arrangement == Tokens && s[1] == int64(v.Skip+v.Height*v.Width):
		g = Grid{Channels: int(s[2]), Height: v.Height, Width: v.Width, Offset: v.Skip * int(s[2])}
		g.ChannelStride, g.RowStride, g.ColumnStride = 1, v.Width*g.Channels, g.Channels
	case len(s) == 3 && v.Arrangement == Planes && s[2] == int64(v.Skip+v.Height*v.Width):
		g = Grid{Channels: int(s[1]), Height: v.Height, Width: v.Width, Offset: v.Skip}
		g.ChannelStride, g.RowStride, g.ColumnStride = int(s[2]), v.Width, 1
	default:
		return g, false
	}
	g.Length = 1
	for _, d := range s[1:] {
		g.Length *= int(d)
	}
	return g, canonical.Shape(s[1:]).Static() && g.Length > 0
}

// Size is the number of rows and columns a view has on a tensor.
func (v View) Size(s canonical.Shape) (height, width int) {
	g, _ := v.Grid(s)
	return g.Height, g.Width
}

// Find follows the spatial positions through a graph: which tensors have
// them, and along which dimensions. Convolutions and pools say it of themselves;
// reshapes, transpositions and what works value by value or on channels alone
// carry it on. A tensor that is left out may have places all the same.
func Find(g *autodiff.Graph, layout imaging.Layout) map[string]View {
	known := map[string]View{}
	if layout == imaging.NHWC {
		known[g.Input] = View{Arrangement: ChannelsLast}
	} else {
		known[g.Input] = View{}
	}
	f, cut := follower{g.Model, known}, partings{}
	for _, n := range g.Model.Graph.Nodes {
		for _, out := range n.Outputs {
			v, ok := f.follow(n, out)
			p, parted := cut.follow(n, g.Model.Constants, f.shape, out)
			if !ok && parted {
				v, ok = p.view()
			}
			if _, fits := v.Grid(f.shape(out)); ok && fits {
				known[out] = v
				p, parted = v.parted(f.shape(out))
			}
			if parted {
				cut[out] = p
			}
		}
	}
	return known
}

type follower struct {
	model *canonical.Model
	known map[string]View
}

func (f follower) shape(name string) canonical.Shape { return f.model.Types[name].Shape }

// follow finds the view of one output of a node.
func (f follower) follow(n *onnx.Node, out string) (View, bool) {
	switch n.Op {
	case "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "DepthToSpace", "SpaceToDepth", "LRN":
		return View{}, len(f.shape(out)) == 4
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
func (f follower) alike(n *onnx.Node, out string) (View, bool) {
	for _, in := range n.Inputs {
		v, ok := f.known[in]
		if !ok {
			continue
		}
		height, width := v.Size(f.shape(in))
		g, fits := v.Grid(f.shape(out))
		if fits && g.Height == height && g.Width == width {
			return v, true
		}
	}
	return View{}, false
}

func (f follower) transpose(n *onnx.Node) (View, bool) {
	v, ok := f.known[n.Input(0)]
	if !ok {
		return v, false
	}
	switch perm := n.Ints("perm"); {
	case v.Arrangement == ChannelsFirst && slices.Equal(perm, []int64{0, 2, 3, 1}):
		v.Arrangement = ChannelsLast
	case v.Arrangement == ChannelsLast && slices.Equal(perm, []int64{0, 3, 1, 2}):
		v.Arrangement = ChannelsFirst
	case v.Arrangement == Planes && slices.Equal(perm, []int64{0, 2, 1}):
		v.Arrangement = Tokens
	case v.Arrangement == Tokens && slices.Equal(perm, []int64{0, 2, 1}):
		v.Arrangement = Planes
	default:
		return v, false
	}
	return v, true
}

// reshape joins rows and columns to a list of places, or parts them again.
func (f follower) reshape(in, out string) (View, bool) {
	v, ok := f.known[in]
	from, to := f.shape(in), f.shape(out)
	if !ok || from == nil || to == nil {
		return v, false
	}
	height, width := v.Size(from)
	switch {
	case from.Equal(to):
		return v, true
	case len(from) == 4 && len(to) == 3 && v.Arrangement == ChannelsFirst && to[1] == from[1]:
		return View{Planes, height, width, 0}, true
	case len(from) == 4 && len(to) == 3 && v.Arrangement == ChannelsLast && to[2] == from[3]:
		return View{Tokens, height, width, 0}, true
	case len(from) == 3 && len(to) == 4 && v.Arrangement == Planes && v.Skip == 0 && to[1] == from[1]:
		return View{Arrangement: ChannelsFirst}, true
	case len(from) == 3 && len(to) == 4 && v.Arrangement == Tokens && v.Skip == 0 && to[3] == from[2]:
		return View{Arrangement: ChannelsLast}, true
	}
	return v, false
}

// longer is for operators that may add or drop special tokens or channels.
func (f follower) longer(n *onnx.Node, out string) (View, bool) {
	to := f.shape(out)
	for _, in := range n.Inputs {
		v, ok := f.known[in]
		if !ok || len(to) != len(f.shape(in)) || to == nil {
			continue
		}
		switch v.Arrangement {
		case Tokens:
			v.Skip = int(to[1]) - v.Height*v.Width
		case Planes:
			v.Skip = int(to[2]) - v.Height*v.Width
		}
		return v, v.Skip >= 0 && v.Skip <= maxSpecial
	}
	return View{}, false
}

// maxSpecial is the most special tokens in front of an image's: a class token, a
// distillation token, a few registers.
const maxSpecial = 8
