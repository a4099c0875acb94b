package properties

import (
	"bytes"
	"image/jpeg"
	"math"

	"github.com/sightline/sightline/imaging"
)

// block is the side of the blocks that JPEG compresses by themselves.
const block = 8

// qualities are tried to compress an image more, from little to much.
var qualities = [...]int{85, 70, 55, 42, 32, 24, 18, 13, 9, 6, 4}

// mostSmoothed is how often the edges of blocks are smoothed at most.
const mostSmoothed = 6

// Blocky is the mean difference of luma across the edges of JPEG's blocks ÷ that of all other
// neighbours: about 1 for an image without traces of them, more the more it was compressed.
// They are looked for in the stored pixels; an image that was resized since has none.
func Blocky(im *imaging.Image) float64 {
	var sum, n [2]float64
	w := im.Width
	at := func(x, y int) float64 { return luma(im.Pix[3*(y*w+x) : 3*(y*w+x)+3]) }
	add := func(edge bool, d float64) {
		i := 0
		if edge {
			i = 1
		}
		sum[i] += math.Abs(d)
		n[i]++
	}
	for y := range im.Height {
		for x := range w {
			if x > 0 {
				add(x%block == 0, at(x, y)-at(x-1, y))
			}
			if y > 0 {
				add(y%block == 0, at(x, y)-at(x, y-1))
			}
		}
	}
	if sum[0] == 0 || n[1] == 0 {
		return 1
	}
	return sum[1] / n[1] / (sum[0] / n[0])
}

// recompressed compresses an image as much as is wanted, or smooths what compression left.
func recompressed(im *imaging.Image, want float64) (*imaging.Image, error) {
	part := middle(im, measured)
	is := Blocky(part)
	if want > is {
		chosen, nearest := 0, want-is // as it is
		for _, q := range qualities {
			worse, err := compressed(part, q)
			if err != nil {
				return nil, err
			}
			if off := math.Abs(Blocky(worse) - want); off < nearest {
				chosen, nearest = q, off
			}
		}
		if chosen == 0 {
			return im.Clone(), nil
		}
		return compressed(im, chosen)
	}
	rounds := 0
	for ; rounds < mostSmoothed && Blocky(part) > want; rounds++ {
		part = unblocked(part)
	}
	for range rounds {
		im = unblocked(im)
	}
	return im, nil
}

func compressed(im *imaging.Image, quality int) (*imaging.Image, error) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, im.NRGBA(), &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	decoded, err := jpeg.Decode(&file)
	if err != nil {
		return nil, err
	}
	out := im.Clone()
	for y := range im.Height {
		for x := range im.Width {
			r, g, b, _ := decoded.At(x, y).RGBA()
			i := 3 * (y*im.Width + x)
			out.Pix[i], out.Pix[i+1], out.Pix[i+2] = uint8(r>>8), uint8(g>>8), uint8(b>>8)
		}
	}
	return out, nil
}

// unblocked draws the pixels on both sides of the edges of blocks nearer to each other.
func unblocked(im *imaging.Image) *imaging.Image {
	out := im.Clone()
	near := func(a, b int) {
		for c := range 3 {
			p, q := int(out.Pix[3*a+c]), int(out.Pix[3*b+c])
			out.Pix[3*a+c], out.Pix[3*b+c] = uint8((3*p+q+2)/4), uint8((p+3*q+2)/4)
		}
	}
	for y := range im.Height {
		for x := block; x < im.Width; x += block {
			near(y*im.Width+x-1, y*im.Width+x)
		}
	}
	for y := block; y < im.Height; y += block {
		for x := range im.Width {
			near((y-1)*im.Width+x, y*im.Width+x)
		}
	}
	return out
}
