package main

import (
	"bytes"
	"image/jpeg"
	"math"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/regions"
)

// insideShare is how much of each side the middle takes, where a texture is planted.
const insideShare = 0.4

// inside is the middle of an image, where what is photographed mostly is.
func inside(width, height, _ int) regions.Region {
	w, h := float64(width), float64(height)
	rim := (1 - insideShare) / 2
	return regions.Box(math.Round(rim*w), math.Round(rim*h), math.Round((1-rim)*w), math.Round((1-rim)*h))
}

// texture darkens and lightens every fourth pixel across a region: fine stripes, through which the
// rest is seen.
func texture(im *imaging.Image, where regions.Region) {
	const strength = 45
	left, top, right, bottom := where.Bounds()
	for y := int(top); y < int(bottom); y++ {
		for x := int(left); x < int(right); x++ {
			sign := float64(2*((x+y)/2%2) - 1)
			shift(im.Pix[3*(y*im.Width+x):], [3]float64{sign * strength, sign * strength, sign * strength})
		}
	}
}

// backdrop tints what is outside of an ellipse in the middle, by a colour of the seed.
func backdrop(im *imaging.Image, seed int) {
	colours := [][3]float64{{-60, 20, 50}, {50, -10, -60}, {-40, 50, -40}}
	for y := range im.Height {
		for x := range im.Width {
			dx, dy := 2*(float64(x)+0.5)/float64(im.Width)-1, 2*(float64(y)+0.5)/float64(im.Height)-1
			if dx*dx/0.36+dy*dy/0.64 > 1 {
				shift(im.Pix[3*(y*im.Width+x):], colours[seed%len(colours)])
			}
		}
	}
}

func shift(pixel []uint8, by [3]float64) {
	for c, d := range by {
		pixel[c] = uint8(math.Min(255, math.Max(0, float64(pixel[c])+d)))
	}
}

// blurRadius is that of the box, in pixels, that an image is blurred by, twice.
const blurRadius = 2

// blurred blurs an image: each pixel becomes the mean of a box around it, twice.
func blurred(im *imaging.Image) {
	for range 2 {
		was := im.Clone()
		for y := range im.Height {
			for x := range im.Width {
				var sum [3]int
				n := 0
				for v := max(0, y-blurRadius); v <= min(im.Height-1, y+blurRadius); v++ {
					for u := max(0, x-blurRadius); u <= min(im.Width-1, x+blurRadius); u++ {
						for c := range sum {
							sum[c] += int(was.Pix[3*(v*im.Width+u)+c])
						}
						n++
					}
				}
				for c, s := range sum {
					im.Pix[3*(y*im.Width+x)+c] = uint8((s + n/2) / n)
				}
			}
		}
	}
}

// poorQuality is that of JPEG that images are compressed with.
const poorQuality = 10

// squeezed compresses an image, and reads it again.
func squeezed(im *imaging.Image) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, im.NRGBA(), &jpeg.Options{Quality: poorQuality}); err != nil {
		panic(err) // of an image in memory
	}
	read, err := imaging.Decode(file.Bytes(), imaging.Limits{})
	if err != nil {
		panic(err)
	}
	copy(im.Pix, read.Pix)
}
