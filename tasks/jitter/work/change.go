package work

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/tasks/jitter"
)

// changed is an image changed in a way of maps.Changes, and how far its content moved, in stored
// pixels. pixels is how many of those one pixel of the model's input is wide. The caller releases it.
func changed(im *imaging.Image, how string, pixels float64, seed uint64) (out *imaging.Image, moved int, err error) {
	out = im.Clone()
	switch how {
	case "shift":
		moved = max(1, int(math.Round(jitter.ShiftPixels*pixels)))
		shift(out, im, moved)
	case "brighter":
		scale(out, 1+jitter.Brightness)
	case "darker":
		scale(out, 1-jitter.Brightness)
	case "noise":
		r := rand.New(rand.NewPCG(seed, 0x6a697474))
		for i, v := range out.Pix {
			out.Pix[i] = level(float64(v) + jitter.NoiseLevels*r.NormFloat64())
		}
	default:
		out.Release()
		return nil, 0, fmt.Errorf("no image is changed by %q", how)
	}
	return out, moved, nil
}

// shift moves the image to the right and down by so many pixels; what comes in repeats the edge.
func shift(out, im *imaging.Image, by int) {
	for y := range im.Height {
		from := im.Pix[3*im.Width*max(0, y-by):][:3*im.Width]
		to := out.Pix[3*im.Width*y:][:3*im.Width]
		for x := range im.Width {
			at := 3 * max(0, x-by)
			copy(to[3*x:3*x+3], from[at:at+3])
		}
	}
}

func scale(im *imaging.Image, by float64) {
	var table [256]uint8
	for v := range table {
		table[v] = level(by * float64(v))
	}
	for i, v := range im.Pix {
		im.Pix[i] = table[v]
	}
}

func level(v float64) uint8 { return uint8(math.Round(min(255, max(0, v)))) }
