package properties

import (
	"math"

	"github.com/sightline/sightline/imaging"
)

// Bounds of how an image is blurred and sharpened.
const (
	mostRounds  = 40 // of blurring; each adds half a squared pixel to the variance of the blur
	halo        = 4  // rounds that sharpening takes the difference to
	mostSharper = 6.0
	measured    = 512 // pixels a side, in the middle, that the search is made on
)

// Sharp is the mean of the second differences of luma ÷ that of the first ones: about 2 for
// unrelated pixels, less the smoother an image is; 0 for one without any edge. Contrast does not change it.
func Sharp(im *imaging.Image) float64 {
	first, second := 0.0, 0.0
	w := im.Width
	for y := 1; y+1 < im.Height; y++ {
		for x := 1; x+1 < w; x++ {
			at := func(x, y int) float64 { return luma(im.Pix[3*(y*w+x) : 3*(y*w+x)+3]) }
			v, left, right, above, below := at(x, y), at(x-1, y), at(x+1, y), at(x, y-1), at(x, y+1)
			first += math.Abs(right-left)/2 + math.Abs(below-above)/2
			second += math.Abs(left+right-2*v) + math.Abs(above+below-2*v)
		}
	}
	if first == 0 {
		return 0
	}
	return second / first
}

// resharpened blurs or sharpens an image until it is as sharp as is wanted. How much is found on
// the middle of it.
func resharpened(im *imaging.Image, want float64) *imaging.Image {
	part := middle(im, measured)
	rounds := 0
	for soft := part; rounds < mostRounds && Sharp(soft) > want; rounds++ {
		soft = softened(soft)
	}
	if rounds > 0 {
		for range rounds {
			im = softened(im)
		}
		return im
	}
	low, high := 0.0, mostSharper
	for range 6 {
		if amount := (low + high) / 2; Sharp(sharpened(part, amount)) < want {
			low = amount
		} else {
			high = amount
		}
	}
	return sharpened(im, low)
}

// middle is a copy of the middle of an image, at most so many pixels a side, from a place on the
// grid of JPEG's blocks.
func middle(im *imaging.Image, side int) *imaging.Image {
	w, h := min(im.Width, side), min(im.Height, side)
	x, y := (im.Width-w)/2&^7, (im.Height-h)/2&^7
	out := &imaging.Image{Width: w, Height: h, Pix: make([]uint8, 0, 3*w*h)}
	for row := y; row < y+h; row++ {
		out.Pix = append(out.Pix, im.Pix[3*(row*im.Width+x):3*(row*im.Width+x+w)]...)
	}
	return out
}

// softened is an image under the binomial filter 1 2 1, across and along; its edge goes on outside.
func softened(im *imaging.Image) *imaging.Image {
	out := im.Clone()
	w, h := im.Width, im.Height
	sums := make([]int, 3*w)
	for y := range h {
		above, row, below := im.Pix[3*w*max(0, y-1):], im.Pix[3*w*y:], im.Pix[3*w*min(h-1, y+1):]
		for i := range sums {
			sums[i] = int(above[i]) + 2*int(row[i]) + int(below[i])
		}
		to := out.Pix[3*w*y:]
		for i := range sums {
			left, right := i-3, i+3
			if left < 0 {
				left = i
			}
			if right >= len(sums) {
				right = i
			}
			to[i] = uint8((sums[left] + 2*sums[i] + sums[right] + 8) / 16)
		}
	}
	return out
}

// sharpened adds the difference to a softer copy, so many times.
func sharpened(im *imaging.Image, amount float64) *imaging.Image {
	soft := im
	for range halo {
		soft = softened(soft)
	}
	out := im.Clone()
	for i, v := range im.Pix {
		out.Pix[i] = uint8(math.Min(255, math.Max(0, math.Round(float64(v)+amount*(float64(v)-float64(soft.Pix[i]))))))
	}
	return out
}
