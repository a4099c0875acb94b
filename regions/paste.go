package regions

import (
	"errors"
	"math"
	"slices"

	"github.com/sightline/sightline/imaging"
)

// Paste returns a copy of the image with the pixels of a region replaced by those of
// another image's region, whose box is stretched to this one's box. Between pixels it is
// linear. Both regions are in displayed pixels of their images.
func Paste(im *imaging.Image, region Region, from *imaging.Image, source Region) (*imaging.Image, error) {
	left, top, right, bottom := region.Bounds()
	l, t, r, b := source.Bounds()
	if right <= left || bottom <= top || r <= l || b <= t {
		return nil, errors.New("an area without size cannot be pasted")
	}
	stored := region.mapped(func(x, y float64) (float64, float64) {
		return im.Orientation.ToStored(x, y, im.Width, im.Height)
	})
	upright := from.Upright()
	out := &imaging.Image{Width: im.Width, Height: im.Height, Pix: slices.Clone(im.Pix), Orientation: im.Orientation}
	for _, p := range pixels(stored, im.Width, im.Height) {
		x, y := im.Orientation.ToUpright(float64(p%im.Width)+0.5, float64(p/im.Width)+0.5, im.Width, im.Height)
		x, y = l+(x-left)/(right-left)*(r-l), t+(y-top)/(bottom-top)*(b-t)
		colour := between(upright, x-0.5, y-0.5)
		copy(out.Pix[3*p:3*p+3], colour[:])
	}
	return out, nil
}

// between is the colour at a place given in pixels' centres; beyond the edge the outermost
// pixels go on.
func between(im *imaging.Image, x, y float64) (colour [3]uint8) {
	x, y = math.Min(math.Max(x, 0), float64(im.Width-1)), math.Min(math.Max(y, 0), float64(im.Height-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, im.Width-1), min(y0+1, im.Height-1)
	fx, fy := x-float64(x0), y-float64(y0)
	for c := range colour {
		at := func(x, y int) float64 { return float64(im.Pix[3*(y*im.Width+x)+c]) }
		above := at(x0, y0)*(1-fx) + at(x1, y0)*fx
		below := at(x0, y1)*(1-fx) + at(x1, y1)*fx
		colour[c] = uint8(above*(1-fy) + below*fy + 0.5)
	}
	return colour
}
