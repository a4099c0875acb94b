package regions

import (
	"math"
	"math/rand/v2"
)

// How controls are drawn.
const (
	// MostControlOverlap is the share of a control's box that may lie on the region itself or
	// on another control, where there is no place clear of them.
	MostControlOverlap = 0.25
	// MostMatterCovered is the share of another region's box that a control may cover, if
	// hiding that region is known to matter: it would do more than nothing.
	MostMatterCovered = 0.2
	controlTries      = 400
)

// Controls returns the region moved to at most so many other places of an image of the
// given displayed size: what hiding as much of something else does. Places lie wholly inside
// the image, clear of the region and of one another, or, where there are too few such, with an
// overlap of at most MostControlOverlap. None covers more than MostMatterCovered of a region
// that matters. Boxes are compared, not outlines. Regions of one size have one sequence of
// places to try for a seed, so that they share controls as far as they may.
func Controls(region Region, width, height int, matter []Region, want int, seed uint64) (list []Region) {
	left, top, right, bottom := region.Bounds()
	freeX, freeY := float64(width)-(right-left), float64(height)-(bottom-top)
	if freeX < 0 || freeY < 0 || right <= left || bottom <= top {
		return nil
	}
	for _, most := range []float64{0, MostControlOverlap} {
		random := rand.New(rand.NewPCG(seed, 4))
		for range controlTries {
			if len(list) == want {
				return list
			}
			x, y := math.Round(random.Float64()*freeX), math.Round(random.Float64()*freeY)
			moved := region.Moved(x-left, y-top)
			if fits(moved, width, height) && clearOf(moved, append([]Region{region}, list...), most) && sparing(moved, matter) {
				list = append(list, moved)
			}
		}
	}
	return list
}

// clearOf tells whether at most a share of the region's box lies on any of the others.
func clearOf(r Region, others []Region, most float64) bool {
	for _, o := range others {
		if overlap(r, o) > most*boxArea(r) {
			return false
		}
	}
	return true
}

// sparing tells whether the region leaves enough of each of the others.
func sparing(r Region, others []Region) bool {
	for _, o := range others {
		if overlap(r, o) > MostMatterCovered*boxArea(o) {
			return false
		}
	}
	return true
}

// Clear tells whether at most a share of the box of either of two regions lies on the other.
func Clear(a, b Region, most float64) bool {
	return clearOf(a, []Region{b}, most) && clearOf(b, []Region{a}, most)
}

func boxArea(r Region) float64 {
	left, top, right, bottom := r.Bounds()
	return (right - left) * (bottom - top)
}

// overlap is the area that the boxes of two regions have in common.
func overlap(a, b Region) float64 {
	l, t, r, bo := a.Bounds()
	left, top, right, bottom := b.Bounds()
	return math.Max(0, math.Min(r, right)-math.Max(l, left)) * math.Max(0, math.Min(bo, bottom)-math.Max(t, top))
}
