package regions

/*
#cgo CFLAGS: -O3
#include <string.h>

// blur is what box_blur does for groups of a fixed number of values, or of any number.
static inline __attribute__((always_inline)) void blur(float *values, const float *spare, double *sums, long lanes, long n, long step, long radius) {
	const double count = 2 * radius + 1;
	memset(sums, 0, lanes * sizeof *sums);
	for (long i = -radius; i <= radius; i++) {
		const float *group = spare + (i < 0 ? 0 : i >= n ? n - 1 : i) * step;
		for (long c = 0; c < lanes; c++) sums[c] += group[c];
	}
	for (long i = 0; i < n; i++) {
		float *to = values + i * step;
		const float *next = spare + (i + radius + 1 >= n ? n - 1 : i + radius + 1) * step;
		const float *last = spare + (i < radius ? 0 : i - radius) * step;
		for (long c = 0; c < lanes; c++) {
			double sum = sums[c];
			to[c] = sum / count;
			sums[c] = sum + ((double)next[c] - (double)last[c]);
		}
	}
}

static void box_blur(float *values, float *spare, double *sums, long lanes, long n, long step, long radius) {
	memcpy(spare, values, ((n - 1) * step + lanes) * sizeof *values);
	if (lanes == 3) blur(values, spare, sums, 3, n, step, radius);
	else blur(values, spare, sums, lanes, n, step, radius);
}
*/
import "C"

import (
	"math"
	"unsafe"

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
	values := make([]float32, 3*width*height)
	for y := range height {
		from := 3 * ((y0+y)*im.Width + x0)
		for i, v := range im.Pix[from : from+3*width] {
			values[3*y*width+i] = float32(v)
		}
	}
	spare, sums := make([]float32, len(values)), make([]float64, 3*width)
	for _, radius := range radii {
		for y := range height {
			boxBlur(values[3*y*width:], spare, sums[:3], width, 3, radius)
		}
		boxBlur(values, spare, sums, height, 3*width, radius)
	}
	for _, p := range inside {
		x, y := p%im.Width-x0, p/im.Width-y0
		for c := range 3 {
			out.Pix[3*p+c] = uint8(values[3*(y*width+x)+c] + 0.5)
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

// boxBlur replaces each of n groups of values that lie step apart by the mean of those
// within radius of it, the outermost groups repeating beyond the ends. A group has as
// many values as there are sums, side by side: the channels of a pixel, or a row of pixels.
func boxBlur(values, spare []float32, sums []float64, n, step, radius int) {
	if need := (n-1)*step + len(sums); len(values) < need || len(spare) < need {
		panic("boxBlur: fewer values than groups")
	}
	C.box_blur((*C.float)(unsafe.Pointer(&values[0])), (*C.float)(unsafe.Pointer(&spare[0])), (*C.double)(unsafe.Pointer(&sums[0])),
		C.long(len(sums)), C.long(n), C.long(step), C.long(radius))
}
