// Package fingerprint tells whether two images show the same, whatever was done to the file: encoded again,
// resized, brightened, or cropped by a few pixels. A fingerprint is the signs of the low frequencies of an image's
// grey values (a perceptual hash, Zauner 2010): 16×16 coefficients of the discrete cosine transform of 32×32 pixels,
// each larger than their median or not; and the mean colour of its quarters. It is the same on every machine.
package fingerprint

import (
	"math"
	"math/bits"
	"slices"

	"github.com/sightline/sightline/imaging"
)

// Print is the fingerprint of an image: 255 bits, those of the lowest frequencies in the first word; in the last word the
// colours, a byte for each. The bit of the mean grey value, which tells nothing, is set where the others tell nothing, too.
type Print [words + 1]uint64

const (
	words = 4
	side  = 32 // of what is transformed, pixels
	kept  = 16 // frequencies in each direction
)

// Plain tells whether a fingerprint says nothing: most frequencies are about none, as in an image of one grey, a gradient, a drawn
// shape, or what is the same when mirrored. The signs of such frequencies are all the same, or chance.
func (p Print) Plain() bool { return p[0]&1 == 1 }

// Distance is in how many bits two fingerprints differ; half of them where images have nothing in common.
func (p Print) Distance(q Print) (n int) {
	for i := range words {
		n += bits.OnesCount64(p[i] ^ q[i])
	}
	return n
}

// Tint is how far the colours of two fingerprints are apart, in the quarter and direction where most: 0 to 255.
func (p Print) Tint(q Print) (most int) {
	for i := range 8 {
		a, b := int(p[words]>>(8*i)&255), int(q[words]>>(8*i)&255)
		most = max(most, a-b, b-a)
	}
	return most
}

// Of is the fingerprint of an image as it is displayed.
func Of(im *imaging.Image) (p Print) {
	small := imaging.Resize(im, side, side, imaging.Box, true)
	small.Orientation = im.Orientation
	pix := small.Upright().Pix
	coefficients := transform(grey(pix))
	sorted := slices.Clone(coefficients[1:]) // all but the mean grey value
	slices.Sort(sorted)
	median := sorted[len(sorted)/2]
	for i, c := range coefficients {
		if i > 0 && c > median {
			p[i/64] |= 1 << (i % 64)
		}
	}
	if plain(coefficients[1:]) {
		p[0] |= 1
	}
	p[words] = colours(pix)
	return p
}

// The half of the frequencies must carry more than a part of what the strongest tenth does (of photos 0.10 at least, of what is the same
// when mirrored 0.06 at most), and more than rounding does. docs/findings.md says how it was chosen.
const (
	carried = 0.08
	rounded = 0.3 * 4096 * 4096 * 1000 * side // waves of 0.3 grey values
)

func plain(coefficients []int64) bool {
	sizes := make([]int64, len(coefficients))
	for i, c := range coefficients {
		sizes[i] = max(c, -c)
	}
	slices.Sort(sizes)
	half, tenth := float64(sizes[len(sizes)/2]), float64(sizes[len(sizes)*9/10])
	return half <= rounded || half <= carried*tenth
}

// colours are the mean colour differences (Cb and Cr of JPEG) of the four quarters of side×side pixels, a byte each.
func colours(pix []uint8) (word uint64) {
	var sums [8]int
	for i := range side * side {
		quarter := i/side/(side/2)*2 + i%side/(side/2)
		r, g, b := int(pix[3*i]), int(pix[3*i+1]), int(pix[3*i+2])
		sums[2*quarter] += -169*r - 331*g + 500*b
		sums[2*quarter+1] += 500*r - 419*g - 81*b
	}
	for i, s := range sums {
		mean := s/(1000*side*side/4) + 128
		word |= uint64(min(255, max(0, mean))) << (8 * i)
	}
	return word
}

// grey is the luminance of side×side pixels, in thousandths.
func grey(pix []uint8) (out [side][side]int64) {
	for i := range side * side {
		out[i/side][i%side] = 299*int64(pix[3*i]) + 587*int64(pix[3*i+1]) + 114*int64(pix[3*i+2])
	}
	return out
}

// transform gives the coefficients of the frequencies, the lowest first. It counts in integers, so that no processor rounds
// in a way of its own.
func transform(in [side][side]int64) []int64 {
	waves := cosines()
	var across [side][kept]int64
	for y := range side {
		for u := range kept {
			for x := range side {
				across[y][u] += in[y][x] * waves[u][x]
			}
		}
	}
	list := make([]int64, 0, kept*kept)
	for ring := range kept { // the square of the first 8×8 is the first word
		for i := range 2*ring + 1 {
			u, v := min(i, ring), min(2*ring-i, ring)
			sum := int64(0)
			for y := range side {
				sum += across[y][u] * waves[v][y]
			}
			list = append(list, sum)
		}
	}
	return list
}

// cosines are those of the frequencies at the pixels, in units of 1/4096.
func cosines() (out [kept][side]int64) {
	for u := range kept {
		for x := range side {
			out[u][x] = int64(math.Round(4096 * math.Cos(math.Pi*(float64(x)+0.5)*float64(u)/side)))
		}
	}
	return out
}
