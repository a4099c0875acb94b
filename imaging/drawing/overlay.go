package drawing

import (
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/sightline/sightline/imaging"
)

// Options say how values become colour. The zero value draws the whole
// map at half opacity with a colour map that suits its sign.
type Options struct {
	// ColourMap is a name; "" is inferno for maps without negative values and
	// balance for signed ones.
	ColourMap string
	// Opacity of the colours, 0..1; 0 means 0.5.
	Opacity float64
	// Min and Max are the values at the ends of the colour map; both 0 means the
	// map's own range (symmetric around zero for a diverging colour map). In maps
	// of more than FineMap values the strongest 1 % of each sign lie beyond it:
	// one pixel of many would else leave the others without colour.
	Min, Max float64
	// Threshold, 0..1, hides what is weaker than this share of the range (of the
	// distance from zero for a diverging colour map).
	Threshold float64
	// Cells draws each cell in one colour instead of interpolating.
	Cells bool
}

// Overlay blends a map of w×h values, in rows, over im, which must be upright;
// g.Matrix maps map cells (continuous, w×h) to displayed pixels: see
// imaging.Geometry.Scaled. Pixels the model never saw stay as they are. It fails on
// maps with NaN or infinite values rather than draw them.
func Overlay(im *imaging.Image, values []float32, w, h int, g imaging.Geometry, o Options) (*image.NRGBA, error) {
	if im.Orientation.Rotated() {
		return nil, fmt.Errorf("overlay: the image is stored with orientation %d: pass im.Upright()", im.Orientation)
	}
	if w < 1 || h < 1 || len(values) != w*h {
		return nil, fmt.Errorf("overlay: %d values for a map of %d×%d", len(values), w, h)
	}
	scale, err := newScale(values, o)
	if err != nil {
		return nil, err
	}
	out := im.NRGBA()
	inverse := g.Inverse()
	for y := range im.Height {
		row := out.Pix[y*out.Stride : y*out.Stride+4*im.Width]
		for x := range im.Width {
			cx, cy := inverse(float64(x)+0.5, float64(y)+0.5)
			if cx < 0 || cy < 0 || cx > float64(w) || cy > float64(h) {
				continue
			}
			scale.blend(row[4*x:4*x+3], sample(values, w, h, cx, cy, o.Cells))
		}
	}
	return out, nil
}

// sample reads the map at a continuous position inside it.
func sample(values []float32, w, h int, x, y float64, cells bool) float64 {
	if cells {
		return float64(values[min(h-1, int(y))*w+min(w-1, int(x))])
	}
	x, y = math.Max(0, x-0.5), math.Max(0, y-0.5)
	x0, y0 := min(w-1, int(x)), min(h-1, int(y))
	x1, y1 := min(w-1, x0+1), min(h-1, y0+1)
	fx, fy := x-float64(x0), y-float64(y0)
	top := float64(values[y0*w+x0])*(1-fx) + float64(values[y0*w+x1])*fx
	bottom := float64(values[y1*w+x0])*(1-fx) + float64(values[y1*w+x1])*fx
	return top*(1-fy) + bottom*fy
}

// scale turns values into colours.
type scale struct {
	colours   *ColourMap
	min, span float64
	threshold float64
	opacity   float64
}

func newScale(values []float32, o Options) (*scale, error) {
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("overlay: value %d of the map is %v: there is nothing to draw", i, v)
		}
		low, high = math.Min(low, float64(v)), math.Max(high, float64(v))
	}
	name := o.ColourMap
	if name == "" {
		name = "inferno"
		if low < 0 {
			name = "balance"
		}
	}
	colours, err := NewColourMap(name)
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	s := &scale{colours: colours, threshold: o.Threshold, opacity: o.Opacity}
	if s.opacity == 0 {
		s.opacity = 0.5
	}
	if o.Min != 0 || o.Max != 0 {
		low, high = o.Min, o.Max
	} else if low, high = withoutOutliers(values, low, high); colours.Diverging {
		high = math.Max(math.Abs(low), math.Abs(high))
		low = -high
	}
	s.min, s.span = low, high-low
	return s, nil
}

// FineMap is the number of values above which single ones do not set the scale.
const FineMap = 64 * 64

// withoutOutliers pulls the ends of a fine map's range in to where the strongest
// hundredth of its values begins.
func withoutOutliers(values []float32, low, high float64) (float64, float64) {
	if len(values) <= FineMap {
		return low, high
	}
	sizes := make([]float32, len(values))
	for i, v := range values {
		sizes[i] = max(v, -v)
	}
	slices.Sort(sizes)
	end := float64(sizes[len(sizes)-1-len(sizes)/100])
	if end == 0 {
		return low, high
	}
	return math.Max(low, -end), math.Min(high, end)
}

// blend mixes the colour of v into an RGB pixel.
func (s *scale) blend(pixel []uint8, v float64) {
	t := 0.5
	if s.span > 0 {
		t = (v - s.min) / s.span
	}
	strength := t
	if s.colours.Diverging {
		strength = math.Abs(2*t - 1)
	}
	if strength < s.threshold {
		return
	}
	for c, colour := range s.colours.At(t) {
		pixel[c] = uint8(math.Round(float64(pixel[c])*(1-s.opacity) + float64(colour)*s.opacity))
	}
}
