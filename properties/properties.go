// Package properties measures what an image has as a whole (its brightness, contrast, colour cast,
// colourfulness, sharpness, and traces of JPEG compression) and gives an image those of another.
// So a model can be asked whether it decides by them, with changes no larger than there are
// between the images themselves.
package properties

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/imaging"
)

// The properties, by the names that trials and declarations have.
const (
	Brightness   = "image brightness"
	Contrast     = "image contrast"
	Cast         = "image colour cast"
	Colourful    = "image colourfulness"
	Sharpness    = "image sharpness"
	Compression  = "image compression"
	mostStronger = 4 // times that contrast or colour grows at most
)

// Names lists the properties.
func Names() []string {
	return []string{Brightness, Contrast, Cast, Colourful, Sharpness, Compression}
}

// Give returns a copy of an image with a property of another one, as far as that can be: what a
// blurred image has lost, sharpening brings back in part only, and values stay within 0 to 255.
func Give(im, from *imaging.Image, property string) (*imaging.Image, error) {
	switch property {
	case Sharpness:
		return resharpened(im, Sharp(from)), nil
	case Compression:
		return recompressed(im, Blocky(from))
	}
	is, want := toneOf(im), toneOf(from)
	out := im.Clone()
	for i := 0; i+3 <= len(out.Pix); i += 3 {
		p := out.Pix[i : i+3 : i+3]
		level := luma(p)
		var to [3]float64
		for c := range to {
			v := float64(p[c])
			switch property {
			case Brightness:
				v += want.level - is.level
			case Contrast:
				v += (level - is.level) * (ratio(want.contrast, is.contrast) - 1)
			case Cast:
				v += want.cast[c] - is.cast[c]
			case Colourful:
				v = level + (v-level)*ratio(want.colour, is.colour)
			default:
				return nil, fmt.Errorf("property %q is none of %v", property, Names())
			}
			to[c] = v
		}
		for c, v := range to {
			p[c] = uint8(math.Min(255, math.Max(0, math.Round(v))))
		}
	}
	return out, nil
}

// ratio is how many times more there is to be, within bounds.
func ratio(want, is float64) float64 {
	if is <= 0 {
		return 1
	}
	return math.Min(mostStronger, want/is)
}

// tone is what an image has in brightness and colour: values of 0 to 255.
type tone struct {
	level    float64    // mean luma
	contrast float64    // standard deviation of luma
	colour   float64    // mean distance of a channel from the pixel's luma
	cast     [3]float64 // mean of each channel less that of luma
}

// luma is the brightness of a pixel, as JPEG weighs the channels (Rec. 601).
func luma(p []uint8) float64 {
	return 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
}

func toneOf(im *imaging.Image) (t tone) {
	n := float64(im.Width * im.Height)
	squares := 0.0
	for i := 0; i+3 <= len(im.Pix); i += 3 {
		p := im.Pix[i : i+3 : i+3]
		level := luma(p)
		t.level += level
		squares += level * level
		for c, v := range p {
			t.cast[c] += (float64(v) - level) / n
			t.colour += math.Abs(float64(v)-level) / (3 * n)
		}
	}
	t.level /= n
	t.contrast = math.Sqrt(math.Max(0, squares/n-t.level*t.level))
	return t
}
