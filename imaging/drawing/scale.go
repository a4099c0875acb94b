package drawing

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/internal/order"
)

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
		f := float64(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("overlay: value %d of the map is %v: there is nothing to draw", i, v)
		}
		low, high = min(low, f), max(high, f)
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
		high = max(math.Abs(low), math.Abs(high))
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
	sizes := make([]uint64, len(values))
	for i, v := range values {
		sizes[i] = uint64(order.Key(max(v, -v)))
	}
	sizes = order.Radix(sizes, 0)
	end := float64(order.Value(uint32(sizes[len(sizes)-1-len(sizes)/100])))
	if end == 0 {
		return low, high
	}
	return max(low, -end), min(high, end)
}

// levels are the values as places in the colour map, 0 to 255; those beyond its ends lie
// outside.
func (s *scale) levels(values []float32) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = 127.5
		if s.span > 0 {
			list[i] = 255 * ((float64(v) - s.min) / s.span)
		}
	}
	return list
}

// blender mixes colours into pixels, by tables in units of 1/65536: what is left of a
// photo's value, and what each colour adds to it.
type blender struct {
	keep     [256]uint32
	add      [256][3]uint32
	from, to float64 // levels between them are hidden
}

// unit is what the tables count in.
const unit = 1 << 16

func (s *scale) blender() *blender {
	b := &blender{}
	for i := range b.keep {
		b.keep[i] = uint32(math.Round(float64(i) * (1 - s.opacity) * unit))
		for c, colour := range s.colours.Colours[i] {
			b.add[i][c] = uint32(math.Round(float64(colour)*s.opacity*unit)) + unit/2
		}
	}
	const rounding = 1e-6 // of levels, which were computed
	b.from, b.to = math.Inf(-1), 255*s.threshold-rounding
	if s.colours.Diverging {
		b.from, b.to = 127.5*(1-s.threshold)+rounding, 127.5*(1+s.threshold)-rounding
	}
	return b
}

// over mixes the colour of a level into an RGB pixel.
func (b *blender) over(pixel []uint8, level float64) {
	if level > b.from && level < b.to {
		return
	}
	add := &b.add[uint8(max(0, min(255, int(level+0.5))))]
	pixel[0] = uint8((b.keep[pixel[0]] + add[0]) >> 16)
	pixel[1] = uint8((b.keep[pixel[1]] + add[1]) >> 16)
	pixel[2] = uint8((b.keep[pixel[2]] + add[2]) >> 16)
}
