package positions

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Attention in windows or on a grid (MaxViT, Swin) cuts rows and columns into parts, orders
// these anew, and puts them together again, by Reshape and Transpose. Parts are followed
// through that, so that the places are known again behind it.

// A part is what one index of a dimension counts: samples, channels, or every step-th row or
// column.
type part struct {
	of   axis
	size int64 // −1: the batch
	step int64
}

type axis int

const (
	batch axis = iota
	channels
	rows
	columns
)

// A parting says of a tensor which parts each of its dimensions is made of, the outermost
// first.
type parting struct {
	dims          [][]part
	height, width int64 // that rows and columns cover
}

// parted is the parting of a tensor whose view is known.
func (v View) parted(s canonical.Shape) (parting, bool) {
	g, ok := v.Grid(s)
	if !ok || v.Skip > 0 || s[0] != -1 && s[0] < 1 {
		return parting{}, false
	}
	p := parting{height: int64(g.Height), width: int64(g.Width)}
	n, c := []part{{batch, s[0], 1}}, []part{{channels, int64(g.Channels), 1}}
	y, x := []part{{rows, p.height, 1}}, []part{{columns, p.width, 1}}
	switch v.Arrangement {
	case ChannelsFirst:
		p.dims = [][]part{n, c, y, x}
	case ChannelsLast:
		p.dims = [][]part{n, y, x, c}
	case Tokens:
		p.dims = [][]part{n, append(y, x...), c}
	case Planes:
		p.dims = [][]part{n, c, append(y, x...)}
	}
	return p, true
}

// view is what the parting amounts to, if rows and columns are whole and in order.
func (p parting) view() (View, bool) {
	for arrangement, want := range [][][]axis{
		ChannelsFirst: {{batch}, {channels}, {rows}, {columns}}, ChannelsLast: {{batch}, {rows}, {columns}, {channels}},
		Tokens: {{batch}, {rows, columns}, {channels}}, Planes: {{batch}, {channels}, {rows, columns}},
	} {
		if slices.EqualFunc(p.dims, want, p.holds) {
			return View{Arrangement: Arrangement(arrangement), Height: int(p.height), Width: int(p.width)}, true
		}
	}
	return View{}, false
}

// holds reports whether a dimension is made of axes, each whole and in order.
func (p parting) holds(dim []part, want []axis) bool {
	k := 0
	for _, a := range want {
		total := int64(1)
		for ; k < len(dim) && dim[k].of == a; k++ {
			if a == batch || a == channels {
				total = 0 // whatever their order
				continue
			}
			inner := int64(1)
			for _, later := range dim[k+1:] {
				if later.of == a {
					inner *= later.size
				}
			}
			if dim[k].step != inner {
				return false
			}
			total *= dim[k].size
		}
		if a == rows && total != p.height || a == columns && total != p.width {
			return false
		}
	}
	return k == len(dim)
}

// partings follows partings of tensors by name, as far as nodes have been met.
type partings map[string]parting

// follow finds the parting of a node's output of shape s.
func (known partings) follow(n *onnx.Node, constants map[string]*onnx.Tensor, shape func(string) canonical.Shape, out string) (parting, bool) {
	p, ok := known[n.Input(0)]
	s := shape(out)
	switch {
	case s == nil:
		return p, false
	case n.Is("Reshape"):
		if !ok {
			return p, false
		}
		return p.reshaped(s)
	case n.Is("Transpose"):
		return p.transposed(n.Ints("perm")), ok && len(n.Ints("perm")) == len(p.dims)
	case n.Is("MatMul") && constants[n.Input(1)] != nil && ok:
		return p.mapped(s)
	}
	for _, in := range n.Inputs { // value by value, or on channels alone
		if p, ok := known[in]; ok && shape(in).Equal(s) {
			return p, true
		}
	}
	return parting{}, false
}

func (p parting) transposed(perm []int64) parting {
	dims := make([][]part, 0, len(perm))
	for _, from := range perm {
		if from >= 0 && int(from) < len(p.dims) {
			dims = append(dims, p.dims[from])
		}
	}
	p.dims = dims
	return p
}

// mapped is what a product with weights gives: other channels.
func (p parting) mapped(to canonical.Shape) (parting, bool) {
	last := len(p.dims) - 1
	if len(to) != len(p.dims) || slices.ContainsFunc(p.dims[last], func(q part) bool { return q.of != channels }) {
		return p, false
	}
	p.dims = slices.Clone(p.dims)
	p.dims[last] = []part{{channels, to[last], 1}}
	return p, true
}

// reshaped deals the parts out to dimensions of other lengths, cutting them where an end
// falls into one.
func (p parting) reshaped(to canonical.Shape) (parting, bool) {
	left := slices.Concat(p.dims...)
	var dims [][]part
	for _, length := range to {
		var dim []part
		for have := int64(1); have != length; {
			if len(left) == 0 || length == 0 {
				return p, false
			}
			q := left[0]
			left = left[1:]
			if want := length / have; length%have == 0 && q.size > 0 && want > 0 && q.size > want && q.size%want == 0 {
				inner := q.size / want
				left = slices.Insert(left, 0, part{q.of, inner, q.step})
				q = part{q.of, want, q.step * inner}
			}
			dim, have = append(dim, q), have*q.size
			if max(have, -have) > max(length, -length) {
				return p, false
			}
		}
		dims = append(dims, dim)
	}
	for len(left) > 0 && left[0].size == 1 {
		left = left[1:]
	}
	p.dims = dims
	return p, len(left) == 0
}
