package regions

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sightline/sightline/imaging"
)

// Fill is what a hidden region of an image is replaced by.
type Fill string

// The fills.
const (
	// Pyramid is the smoothest surface that goes over into the surroundings: see
	// hidePyramid. On photographs it does least by itself.
	Pyramid Fill = "pyramid"
	// Blur is the image under a Gaussian whose standard deviation is half of
	// the longer side of the region's bounding box, so that no shape inside
	// survives. It is made of three box blurs of whole radii one after another
	// (Wells 1986), so the deviation is met within a fifth of a pixel;
	// beyond the image's edge its outermost pixels repeat.
	Blur Fill = "blur"
	// Mean is the mean colour of the image outside the region.
	Mean Fill = "mean"
	// Noise is independent uniform noise in every pixel and channel.
	Noise Fill = "noise"
)

// Hide returns a copy of the image with the pixels whose centres lie in the
// region replaced. Stored orientation is kept, while the region is in displayed
// pixels, so the copy goes through the same preprocessing as the original. seed
// only matters to Noise.
func Hide(im *imaging.Image, region Region, fill Fill, seed uint64) (*imaging.Image, error) {
	stored := region.mapped(func(x, y float64) (float64, float64) {
		return im.Orientation.ToStored(x, y, im.Width, im.Height)
	})
	inside := pixels(stored, im.Width, im.Height)
	out := &imaging.Image{Width: im.Width, Height: im.Height, Pix: slices.Clone(im.Pix), Orientation: im.Orientation}
	switch fill {
	case Pyramid:
		hidePyramid(out, im, inside)
	case Blur:
		hideBlurred(out, im, stored, inside)
	case Mean:
		colour := meanOutside(im, inside)
		for _, p := range inside {
			copy(out.Pix[3*p:3*p+3], colour[:])
		}
	case Noise:
		random := rand.New(rand.NewPCG(seed, 0))
		for _, p := range inside {
			bits := random.Uint32()
			out.Pix[3*p], out.Pix[3*p+1], out.Pix[3*p+2] = uint8(bits), uint8(bits>>8), uint8(bits>>16)
		}
	default:
		return nil, fmt.Errorf("fill %q is none of pyramid, blur, mean, noise", fill)
	}
	return out, nil
}

// pixels lists the pixels whose centres lie in the region, by rows, each once.
func pixels(region Region, width, height int) []int {
	inside := make([]bool, width*height)
	for _, p := range region {
		one := Region{p}
		left, top, right, bottom := one.Within(0, 0, float64(width), float64(height)).Bounds()
		for y := int(top); y < min(height, int(math.Ceil(bottom))); y++ {
			for x := int(left); x < min(width, int(math.Ceil(right))); x++ {
				if p.contains(float64(x)+0.5, float64(y)+0.5) {
					inside[y*width+x] = true
				}
			}
		}
	}
	var found []int
	for i, yes := range inside {
		if yes {
			found = append(found, i)
		}
	}
	return found
}

// meanOutside is the mean colour of the other pixels; of all if none is left.
func meanOutside(im *imaging.Image, inside []int) [3]uint8 {
	var sum [3]int
	count := im.Width * im.Height
	for i, v := range im.Pix {
		sum[i%3] += int(v)
	}
	if len(inside) < count {
		count -= len(inside)
		for _, p := range inside {
			for c := range sum {
				sum[c] -= int(im.Pix[3*p+c])
			}
		}
	}
	var mean [3]uint8
	for c := range mean {
		mean[c] = uint8((sum[c] + count/2) / count)
	}
	return mean
}

// Control returns the region moved to another place of an image of the given
// displayed size, where it lies wholly inside the image and clear of itself
// and of the regions to avoid: what hiding as much of something else does. The
// place is drawn at random, the same for the same seed. ok is false where there
// is no such place among those tried.
func Control(region Region, width, height int, avoid []Region, seed uint64) (moved Region, ok bool) {
	left, top, right, bottom := region.Bounds()
	freeX, freeY := float64(width)-(right-left), float64(height)-(bottom-top)
	if freeX < 0 || freeY < 0 {
		return nil, false
	}
	random := rand.New(rand.NewPCG(seed, 1))
	for range 1000 {
		x, y := random.Float64()*freeX, random.Float64()*freeY
		moved = region.Moved(math.Round(x-left), math.Round(y-top))
		if fits(moved, width, height) && apart(moved, append(avoid[:len(avoid):len(avoid)], region)) {
			return moved, true
		}
	}
	return nil, false
}

func fits(r Region, width, height int) bool {
	left, top, right, bottom := r.Bounds()
	return left >= 0 && top >= 0 && right <= float64(width) && bottom <= float64(height)
}

// apart compares bounding boxes: strict, cheap, and right for boxes.
func apart(r Region, others []Region) bool {
	left, top, right, bottom := r.Bounds()
	for _, o := range others {
		l, t, rr, b := o.Bounds()
		if left < rr && l < right && top < b && t < bottom {
			return false
		}
	}
	return true
}
