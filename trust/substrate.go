package trust

import (
	"math"

	"github.com/sightline/sightline/imaging"
)

// RISE's blur at an input of 224 pixels: the side of the kernel and its σ.
const (
	blurLength = 11
	blurSigma  = 5
	blurSide   = 224
)

// blurKernel is one side of the kernel with which RISE blurs what insertion
// begins with, scaled to an input of the given longer side: length the odd number
// nearest to 11·side/224 but at least 3, σ = 5·side/224. As there, the kernel is
// a Gaussian that is mirrored at the ends of the window, so it sums to 1.
func blurKernel(side int) []float64 {
	scale := float64(side) / blurSide
	radius := max(1, int(math.Round((blurLength*scale-1)/2)))
	sigma := blurSigma * scale
	n := 2*radius + 1
	kernel := make([]float64, n)
	reach := int(4*sigma + 0.5) // where the Gaussian is cut off
	sum := 0.0
	for d := -reach; d <= reach; d++ {
		weight := math.Exp(-float64(d*d) / (2 * sigma * sigma))
		kernel[mirror(radius+d, n)] += weight
		sum += weight
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	return kernel
}

// mirror folds a place outside [0, n) back in, the edge value repeating: … 1 0 | 0 1 2 ….
func mirror(i, n int) int {
	i = ((i % (2 * n)) + 2*n) % (2 * n)
	if i >= n {
		return 2*n - 1 - i
	}
	return i
}

// blurred is an input under RISE's blur; beyond the image's edge it is zero, as
// there.
func blurred(input []float32, channels, height, width int, layout imaging.Layout) []float32 {
	kernel := blurKernel(max(height, width))
	stepX, stepY, stepC := 1, width, height*width
	if layout == imaging.NHWC {
		stepX, stepY, stepC = channels, width*channels, 1
	}
	rows, out := make([]float32, len(input)), make([]float32, len(input))
	for c := range channels {
		for y := range height {
			at := c*stepC + y*stepY
			filter(rows[at:], input[at:], width, stepX, kernel)
		}
		for x := range width {
			at := c*stepC + x*stepX
			filter(out[at:], rows[at:], height, stepY, kernel)
		}
	}
	return out
}

// filter convolves n values that lie step apart, with zeros beyond the ends.
func filter(dst, src []float32, n, step int, kernel []float64) {
	radius := len(kernel) / 2
	for i := range n {
		sum := 0.0
		for k := max(0, radius-i); k < min(len(kernel), n+radius-i); k++ {
			sum += kernel[k] * float64(src[(i+k-radius)*step])
		}
		dst[i*step] = float32(sum)
	}
}
