package work

import (
	"math"
	"slices"
	"testing"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/maps"
)

// Every change is a small one, of a copy: a shift repeats the edge, brightness keeps black and
// ends at white, noise is the same for the same seed.
func TestChanges(t *testing.T) {
	im := &imaging.Image{Width: 20, Height: 10, Pix: make([]uint8, 600)}
	for i := range im.Pix {
		im.Pix[i] = uint8(i * 7)
	}
	before := slices.Clone(im.Pix)
	for _, how := range maps.Changes() {
		out, moved, err := changed(im, how, 1.3, 5)
		if err != nil || out.Width != 20 || slices.Equal(out.Pix, before) || !slices.Equal(im.Pix, before) {
			t.Fatalf("%s: %v", how, err)
		}
		if (moved != 0) != (how == "shift") {
			t.Errorf("%s moves by %d", how, moved)
		}
		sum := 0.0
		for y := range 10 {
			for i := range 60 {
				was, is := float64(before[60*y+i]), float64(out.Pix[60*y+i])
				sum += is - was
				var want float64
				switch how {
				case "shift": // 3 · 1.3, rounded
					want = float64(before[60*max(0, y-4)+3*max(0, i/3-4)+i%3])
				case "brighter":
					want = math.Round(min(255, 1.15*was))
				case "darker":
					want = math.Round(0.85 * was)
				default:
					want = is
				}
				if is != want {
					t.Fatalf("%s at %d, %d: %v, want %v", how, i, y, is, want)
				}
			}
		}
		if how == "noise" && math.Abs(sum/600) > 1.5 {
			t.Errorf("noise adds %v on average", sum/600)
		}
		again, _, _ := changed(im, how, 1.3, 5)
		if !slices.Equal(again.Pix, out.Pix) {
			t.Errorf("%s is another one the second time", how)
		}
	}
	if _, _, err := changed(im, "turn", 1, 0); err == nil {
		t.Error("an unknown change is made")
	}
}
