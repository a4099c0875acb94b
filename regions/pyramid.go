package regions

import (
	"math"

	"github.com/sightline/sightline/imaging"
)

// hidePyramid replaces the listed pixels of out by the smoothest surface that goes over
// into their surroundings: the solution of Laplace's equation, with the pixels around the
// region as its edge. It is found from coarse to fine. What is known is pulled up a
// pyramid of halved images, pushed down again into what is not known (Gortler et al., "The
// lumigraph", 1996), and on every level brought nearer to the solution by a few rounds of
// successive over-relaxation (Young 1954): time is linear in the pixels of the region's box.
// Where the region touches the edge of the image, the surface ends level there.
func hidePyramid(out, im *imaging.Image, inside []int) {
	if len(inside) == 0 {
		return
	}
	if len(inside) == im.Width*im.Height {
		colour := meanOutside(im, inside)
		for _, p := range inside {
			copy(out.Pix[3*p:3*p+3], colour[:])
		}
		return
	}
	s, x0, y0 := surfaceAround(im, inside)
	s.solve()
	for _, p := range inside {
		at := lanes * ((p/im.Width-y0)*s.width + p%im.Width - x0)
		for c := range 3 {
			out.Pix[3*p+c] = uint8(math.Min(255, math.Max(0, float64(s.values[at+c])+0.5)))
		}
	}
}

// surface is an image of which some cells are not known.
type surface struct {
	width, height int
	values        []float32 // of every cell three channels and, for the processor's sake, a zero
	weight        []float32 // of every cell: how much of it is known, 0 to 1
}

// lanes are the values of a cell.
const lanes = 4

func newSurface(width, height int) *surface {
	return &surface{width, height, make([]float32, lanes*width*height), make([]float32, width*height)}
}

// known tells what the surface may not change.
func (s *surface) known(i int) bool { return s.weight[i] > 0 }

// surfaceAround cuts out the box of the listed pixels with a pixel around it, which is all
// that the solution depends on; (x0, y0) is its corner in the image.
func surfaceAround(im *imaging.Image, inside []int) (s *surface, x0, y0 int) {
	x0, y0 = im.Width, im.Height
	x1, y1 := 0, 0
	for _, p := range inside {
		x, y := p%im.Width, p/im.Width
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
	}
	x0, y0, x1, y1 = max(0, x0-1), max(0, y0-1), min(im.Width, x1+1), min(im.Height, y1+1)
	s = newSurface(x1-x0, y1-y0)
	for i := range s.weight {
		from := 3 * ((y0+i/s.width)*im.Width + x0 + i%s.width)
		for c := range 3 {
			s.values[lanes*i+c] = float32(im.Pix[from+c])
		}
		s.weight[i] = 1
	}
	for _, p := range inside {
		s.weight[(p/im.Width-y0)*s.width+p%im.Width-x0] = 0
	}
	return s, x0, y0
}

// solve fills in what is not known.
func (s *surface) solve() {
	if s.width > 1 || s.height > 1 {
		coarse := s.pulled()
		coarse.solve()
		s.push(coarse)
	}
	s.relax()
}

// pulled is the surface at half the size: each cell the mean of what is known of its four.
func (s *surface) pulled() *surface {
	half := newSurface((s.width+1)/2, (s.height+1)/2)
	for i, w := range s.weight {
		to := i/s.width/2*half.width + i%s.width/2
		half.weight[to] += w
		for c := range 3 {
			half.values[lanes*to+c] += w * s.values[lanes*i+c]
		}
	}
	for i, w := range half.weight {
		if w > 0 {
			for c := range 3 {
				half.values[lanes*i+c] /= w
			}
		}
		half.weight[i] = min(1, w/4)
	}
	return half
}

// push fills the cells that are not known from the coarser surface, linear between the
// centres of its cells.
func (s *surface) push(coarse *surface) {
	for i := range s.weight {
		if s.known(i) {
			continue
		}
		x, y := (float64(i%s.width)+0.5)/2-0.5, (float64(i/s.width)+0.5)/2-0.5
		left, top := int(math.Floor(x)), int(math.Floor(y))
		fx, fy := float32(x-float64(left)), float32(y-float64(top))
		for c := range 3 {
			above := coarse.at(left, top, c)*(1-fx) + coarse.at(left+1, top, c)*fx
			below := coarse.at(left, top+1, c)*(1-fx) + coarse.at(left+1, top+1, c)*fx
			s.values[lanes*i+c] = above*(1-fy) + below*fy
		}
	}
}

// at is a cell's value; beyond the edge that of the outermost cell.
func (s *surface) at(x, y, channel int) float32 {
	x, y = min(max(x, 0), s.width-1), min(max(y, 0), s.height-1)
	return s.values[lanes*(y*s.width+x)+channel]
}
