package autodiff

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/onnx"
)

// resizing interpolates each axis separately: a matrix per axis, whose transpose
// is the gradient.
var resizing = Rules{"Resize": resize}

// resize multiplies each axis that changes by its interpolation matrix.
func resize(x *Context) error {
	n, in, out := x.Node, x.Shape(x.In(0)), x.Shape(x.Out(0))
	if n.Int("antialias", 0) != 0 {
		x.fail("with antialias it is not differentiated")
	}
	if !x.fit(len(in) == len(out), "from shape %v to %v", in, out) {
		return nil
	}
	scales, err := x.scales(in, out)
	if err != nil {
		return err
	}
	g := x.Grad(0)
	for i, scale := range scales {
		if in[i] < 0 || (in[i] == out[i] && scale == 1) {
			continue
		}
		if !x.fit(in[i] > 0 && out[i] > 0, "from %d to %d on axis %d", in[i], out[i], i) {
			return nil
		}
		if out[i] > maxMatrix/in[i] {
			x.fail("from %d to %d is too large", in[i], out[i])
			return nil
		}
		m, err := interpolation(n, in[i], out[i], scale)
		if err != nil {
			return err
		}
		g = x.mapAxis(g, i, len(in), x.Floats(m, out[i], in[i]))
	}
	x.Pass(0, g)
	return nil
}

// scales returns the factor of every axis, as stated or by the sizes.
func (x *Context) scales(in, out []int64) ([]float64, error) {
	list := make([]float64, len(in))
	for i := range list {
		list[i] = float64(float32(float64(out[i]) / float64(in[i])))
	}
	if t := x.Constant(x.In(2)); t != nil && len(t.Raw) > 0 {
		stated, err := t.Floats()
		if err != nil || len(stated) != len(in) {
			return nil, fmt.Errorf("%d scales for %d axes: %w", len(stated), len(in), err)
		}
		for i, v := range stated {
			list[i] = float64(v)
		}
	}
	return list, nil
}

// interpolation returns the matrix [out, in] of one axis.
func interpolation(n *onnx.Node, in, out int64, scale float64) ([]float32, error) {
	m := make([]float32, out*in)
	for o := range out {
		at, err := coordinate(n.Text("coordinate_transformation_mode", "half_pixel"), float64(o), float64(in), float64(out), scale)
		if err != nil {
			return nil, err
		}
		row := m[o*in : (o+1)*in]
		put := func(i int64, w float64) { row[min(max(i, 0), in-1)] += float32(w) }
		switch mode := n.Text("mode", "nearest"); mode {
		case "nearest":
			i, err := nearest(n.Text("nearest_mode", "round_prefer_floor"), at)
			if err != nil {
				return nil, err
			}
			put(i, 1)
		case "linear":
			at = min(max(at, 0), float64(in-1))
			low := math.Floor(at)
			put(int64(low), 1-(at-low))
			put(int64(low)+1, at-low)
		case "cubic":
			cubic(row, at, float64(n.Float("cubic_coeff_a", -0.75)), n.Int("exclude_outside", 0) != 0)
		default:
			return nil, fmt.Errorf("interpolation mode %q is not known", mode)
		}
	}
	return m, nil
}

// coordinate maps an output position to the input's, by the operator's formulas.
func coordinate(mode string, o, in, out, scale float64) (float64, error) {
	switch mode {
	case "half_pixel":
		return (o+0.5)/scale - 0.5, nil
	case "half_pixel_symmetric":
		adjust := out / (in * scale)
		return in/2*(1-adjust) + (o+0.5)/scale - 0.5, nil
	case "pytorch_half_pixel":
		if out <= 1 {
			return 0, nil
		}
		return (o+0.5)/scale - 0.5, nil
	case "asymmetric":
		return o / scale, nil
	case "align_corners":
		if out <= 1 {
			return 0, nil
		}
		return o * (in - 1) / (out - 1), nil
	}
	return 0, fmt.Errorf("coordinate mode %q is not differentiated", mode)
}

// nearest rounds a position in single precision, as runtimes do.
func nearest(mode string, at float64) (int64, error) {
	v := float64(float32(at))
	switch mode {
	case "round_prefer_floor":
		return int64(math.Ceil(v - 0.5)), nil
	case "round_prefer_ceil":
		return int64(math.Floor(v + 0.5)), nil
	case "floor":
		return int64(math.Floor(v)), nil
	case "ceil":
		return int64(math.Ceil(v)), nil
	}
	return 0, fmt.Errorf("rounding mode %q is not known", mode)
}

// cubic adds the four weights of Keys' kernel around at to a row. Weights outside
// go to the edge, or are left out and the others scaled up.
func cubic(row []float32, at, a float64, exclude bool) {
	low := math.Floor(at)
	total, last := 0.0, int64(len(row)-1)
	for k := -1.0; k <= 2; k++ {
		w, i := keys(math.Abs(at-low-k), a), int64(low+k)
		if exclude && (i < 0 || i > last) {
			continue
		}
		total += w
		row[min(max(i, 0), last)] += float32(w)
	}
	if exclude && total != 0 {
		for i := range row {
			row[i] /= float32(total)
		}
	}
}

// keys is Keys' cubic convolution kernel at distance d.
func keys(d, a float64) float64 {
	switch {
	case d <= 1:
		return ((a+2)*d-(a+3))*d*d + 1
	case d < 2:
		return ((a*d-5*a)*d+8*a)*d - 4*a
	}
	return 0
}
