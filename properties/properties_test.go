package properties

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// photo draws something with edges, slopes, colours and noise.
func photo(r *rand.Rand, level, contrast float64, cast [3]float64) *imaging.Image {
	im := &imaging.Image{Width: 96, Height: 64, Pix: make([]uint8, 3*96*64)}
	cx, cy := 20+40*r.Float64(), 20+20*r.Float64()
	for i := range im.Width * im.Height {
		x, y := float64(i%im.Width), float64(i/im.Width)
		v := level + contrast*(math.Sin(x/7)+0.5*math.Cos(y/5)) + 3*r.NormFloat64()
		if math.Hypot(x-cx, y-cy) < 12 {
			v += 2 * contrast
		}
		for c := range 3 {
			im.Pix[3*i+c] = uint8(math.Min(255, math.Max(0, v+cast[c]*(1+math.Sin(y/11)))))
		}
	}
	return im
}

// An image has the other's property afterwards, nearer than before by far, and changed nothing of
// the one that it was taken from.
func TestGiven(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a := photo(r, 100, 20, [3]float64{10, 0, -10})
	b := photo(r, 140, 12, [3]float64{-15, 5, 8})
	squeezed, err := compressed(photo(r, 110, 20, [3]float64{9, 0, -9}), 8)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		property string
		from     *imaging.Image
		measure  func(*imaging.Image) float64
		within   float64 // of the distance that was there
	}{
		{Brightness, b, func(im *imaging.Image) float64 { return toneOf(im).level }, 0.02},
		{Contrast, b, func(im *imaging.Image) float64 { return toneOf(im).contrast }, 0.05},
		{Cast, b, func(im *imaging.Image) float64 { return toneOf(im).cast[0] }, 0.05},
		{Colourful, b, func(im *imaging.Image) float64 { return toneOf(im).colour }, 0.1},
		{Sharpness, softened(softened(softened(softened(b)))), Sharp, 0.2},
		{Compression, squeezed, Blocky, 0.4},
	} {
		before, want := c.measure(a), c.measure(c.from)
		for _, back := range []bool{false, true} {
			from, to := a, c.from
			if back {
				from, to, before, want = c.from, a, want, before
			}
			kept := string(to.Pix)
			out, err := Give(from, to, c.property)
			if err != nil || out.Width != from.Width || out.Height != from.Height || string(to.Pix) != kept {
				t.Fatalf("%s: %v", c.property, err)
			}
			within := c.within
			if back && (c.property == Sharpness || c.property == Compression) {
				within = 0.8 // what is lost does not come back whole
			}
			if left := math.Abs(c.measure(out) - want); left > within*math.Abs(before-want) {
				t.Errorf("%s from %.3f to %.3f (back %v): %.3f", c.property, before, want, back, c.measure(out))
			}
		}
	}
	if _, err := Give(a, b, "head"); err == nil {
		t.Error("a head is no property")
	}
}

// What an image has already does not change it much: given to itself it stays what it is.
func TestGivenToItself(t *testing.T) {
	a := photo(rand.New(rand.NewPCG(3, 4)), 120, 20, [3]float64{10, 0, -10})
	for _, property := range Names() {
		out, err := Give(a, a, property)
		if err != nil {
			t.Fatal(err)
		}
		most := 0.0
		for i, v := range out.Pix {
			most = math.Max(most, math.Abs(float64(v)-float64(a.Pix[i])))
		}
		if most > 3 {
			t.Errorf("%s: a value moved by %v", property, most)
		}
	}
}
