package regions

import (
	"math"

	"github.com/sightline/sightline/imaging"
)

// hideBlurred replaces the listed pixels of out by im under a Gaussian blur. Only
// the part of the image that can reach the region is blurred.
func hideBlurred(out, im *imaging.Image, region Region, inside []int) {
	left, top, right, bottom := region.Bounds()
	sigma := math.Max(right-left, bottom-top) / 2
	radii := boxRadii(sigma)
	reach := float64(radii[0] + radii[1] + radii[2] + 1)
	x0, x1 := int(math.Max(0, left-reach)), int(math.Min(float64(im.Width), right+reach))
	y0, y1 := int(math.Max(0, top-reach)), int(math.Min(float64(im.Height), bottom+reach))
	if x0 >= x1 || y0 >= y1 {
		return
	}
	width, height := x1-x0, y1-y0
	plane := make([]float32, width*height)
	spare := make([]float32, max(width, height))
	for c := range 3 {
		for i := range plane {
			plane[i] = float32(im.Pix[3*((y0+i/width)*im.Width+x0+i%width)+c])
		}
		for _, radius := range radii {
			for y := range height {
				boxBlur(plane[y*width:], spare, width, 1, radius)
			}
			for x := range width {
				boxBlur(plane[x:], spare, height, width, radius)
			}
		}
		for _, p := range inside {
			x, y := p%im.Width-x0, p/im.Width-y0
			out.Pix[3*p+c] = uint8(plane[y*width+x] + 0.5)
		}
	}
}

// boxRadii are three box blurs whose variances, (2r+1)²−1 over 12, add up to
// about sigma².
func boxRadii(sigma float64) [3]int {
	ideal := (math.Sqrt(4*sigma*sigma+1) - 1) / 2
	var radii [3]int
	left := sigma * sigma
	for i := range radii {
		radii[i] = int(math.Round(ideal))
		side := float64(2*radii[i] + 1)
		left -= (side*side - 1) / 12
		if i < 2 {
			share := math.Max(0, left) / float64(2-i)
			ideal = (math.Sqrt(12*share+1) - 1) / 2
		}
	}
	return radii
}

// boxBlur replaces each of n values that lie step apart by the mean of those
// within radius of it, the outermost values repeating beyond the ends.
func boxBlur(values, spare []float32, n, step, radius int) {
	at := func(i int) float64 { return float64(spare[min(max(i, 0), n-1)]) }
	for i := range n {
		spare[i] = values[i*step]
	}
	sum := 0.0
	for i := -radius; i <= radius; i++ {
		sum += at(i)
	}
	for i := range n {
		values[i*step] = float32(sum / float64(2*radius+1))
		sum += at(i+radius+1) - at(i-radius)
	}
}
