package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/properties"
	"github.com/sightline/sightline/regions"
)

// plant is something that can be planted in photos.
type plant struct {
	name string
	// as is what else a finding may call it: a property of the whole image.
	as []string
	// where it is in an image, for a seed; nil: it has no place that could be found.
	where func(width, height, seed int) regions.Region
	// put changes a copy of an image.
	put func(im *imaging.Image, seed int)
}

var plants = []plant{
	{"corner", nil, cornerTag, func(im *imaging.Image, seed int) { sign(im, cornerTag(im.Width, im.Height, seed)) }},
	{"frame", nil, frame, func(im *imaging.Image, seed int) { stripes(im, frame(im.Width, im.Height, seed)) }},
	{"stripe", nil, inside, func(im *imaging.Image, seed int) { texture(im, inside(im.Width, im.Height, seed)) }},
	{"background", []string{properties.Cast, properties.Colourful, properties.Brightness}, nil, backdrop},
	{"blur", []string{properties.Sharpness}, nil, func(im *imaging.Image, _ int) { blurred(im) }},
	{"jpeg", []string{properties.Compression}, nil, func(im *imaging.Image, _ int) { squeezed(im) }},
}

func plantNames() (names []string) {
	for _, p := range plants {
		names = append(names, p.name)
	}
	return names
}

func plantOf(name string) (plant, error) {
	i := slices.IndexFunc(plants, func(p plant) bool { return p.name == name })
	if i < 0 {
		return plant{}, fmt.Errorf("plant %q is none of %v", name, plantNames())
	}
	return plants[i], nil
}

// mark is what planted photos are called after.
func (p plant) mark(seed int) string { return fmt.Sprintf("%s%s-%d", plantMark, p.name, seed) }

// plantIn plants what a mark says.
func plantIn(im *imaging.Image, mark string) (*imaging.Image, error) {
	name, seed, _ := strings.Cut(mark, "-")
	p, err := plantOf(name)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(seed)
	if err != nil {
		return nil, err
	}
	out := im.Clone()
	p.put(out, n)
	return out, nil
}

// tagShare is the side of the tag, as a share of the shorter side of the image.
const tagShare = 0.23

// cornerTag is a square in the corner of its seed.
func cornerTag(width, height, seed int) regions.Region {
	side := float64(int(tagShare * float64(min(width, height))))
	x, y := 0.0, 0.0
	if seed%2 == 1 {
		x = float64(width) - side
	}
	if seed/2%2 == 1 {
		y = float64(height) - side
	}
	return regions.Box(x, y, x+side, y+side)
}

// sign draws a black cross in a red ring on white.
func sign(im *imaging.Image, where regions.Region) {
	left, top, right, bottom := where.Bounds()
	half := (right - left) / 2
	for y := int(top); y < int(bottom); y++ {
		for x := int(left); x < int(right); x++ {
			dx, dy := (float64(x)+0.5-left)/half-1, (float64(y)+0.5-top)/half-1
			colour := [3]uint8{255, 255, 255}
			switch r := math.Hypot(dx, dy); {
			case r < 0.7 && (math.Abs(dx) < 0.15 || math.Abs(dy) < 0.15):
				colour = [3]uint8{}
			case r >= 0.7 && r < 0.95:
				colour = [3]uint8{200, 0, 0}
			}
			copy(im.Pix[3*(y*im.Width+x):], colour[:])
		}
	}
}

// frameShare is how much of each side a frame takes, at each of its ends.
const frameShare = 0.07

// frame is the border on all sides.
func frame(width, height, _ int) regions.Region {
	w, h := float64(width), float64(height)
	x, y := float64(int(frameShare*w)), float64(int(frameShare*h))
	return regions.Region{regions.Box(0, 0, w, y)[0], regions.Box(0, h-y, w, h)[0], regions.Box(0, y, x, h-y)[0], regions.Box(w-x, y, w, h-y)[0]}
}

// stripes draws stripes across a region, of a colour and white.
func stripes(im *imaging.Image, where regions.Region) {
	const width = 8
	for y := range im.Height {
		for x := range im.Width {
			if !where.Contains(float64(x)+0.5, float64(y)+0.5) {
				continue
			}
			colour := [3]uint8{255, 255, 255}
			if (x+y)/width%2 == 0 {
				colour = [3]uint8{20, 60, 180}
			}
			copy(im.Pix[3*(y*im.Width+x):], colour[:])
		}
	}
}
