package regions

import (
	"math"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// An area that is pasted into itself changes nothing; one of another size is stretched; all
// else stays.
func TestPaste(t *testing.T) {
	im := drawn(40, 30, func(x, y, c int) float64 { return float64(3*x + 2*y + 20*c) })
	same, err := Paste(im, Box(5, 5, 20, 20), im, Box(5, 5, 20, 20))
	if err != nil || worst(same, im) != 0 {
		t.Errorf("pasted into itself it changes by %v, %v", worst(same, im), err)
	}
	from := drawn(80, 60, func(x, y, c int) float64 { return 200 - float64(x) - float64(c) })
	out, err := Paste(im, Box(10, 10, 20, 20), from, Box(20, 20, 60, 60))
	if err != nil {
		t.Fatal(err)
	}
	for i := range out.Pix {
		x, y, c := i/3%40, i/3/40, i%3
		want := float64(im.Pix[i])
		if x >= 10 && x < 20 && y >= 10 && y < 20 {
			want = 200 - (20 + (float64(x-10)+0.5)*4 - 0.5) - float64(c)
		}
		if math.Abs(float64(out.Pix[i])-want) > 0.51 {
			t.Fatalf("(%d, %d, %d) is %d, want %v", x, y, c, out.Pix[i], want)
		}
	}
	if _, err := Paste(im, Box(10, 10, 10, 20), from, Box(0, 0, 5, 5)); err == nil {
		t.Error("an empty area was pasted")
	}
}

// Regions are where the image is displayed, whatever way its pixels are stored.
func TestPasteIntoTurnedImages(t *testing.T) {
	from := drawn(40, 30, func(x, y, c int) float64 { return float64(5*x + 10*c) })
	upright := drawn(30, 40, func(x, y, c int) float64 { return float64(x + y + c) })
	want, err := Paste(upright, Box(4, 8, 14, 28), from, Box(0, 0, 40, 30))
	if err != nil {
		t.Fatal(err)
	}
	for o := imaging.Orientation(2); o <= 8; o++ {
		stored := turned(upright, o)
		got, err := Paste(stored, Box(4, 8, 14, 28), from, Box(0, 0, 40, 30))
		if err != nil {
			t.Fatal(err)
		}
		if d := worst(got.Upright(), want); d > 1 {
			t.Errorf("orientation %d: differs by %v", o, d)
		}
	}
}

// turned stores an upright image so that it is displayed as it is by an orientation.
func turned(im *imaging.Image, o imaging.Orientation) *imaging.Image {
	w, h := o.Upright(im.Width, im.Height)
	out := &imaging.Image{Width: w, Height: h, Pix: make([]uint8, 3*w*h), Orientation: o}
	for i := range w * h {
		x, y := o.ToUpright(float64(i%w)+0.5, float64(i/w)+0.5, w, h)
		copy(out.Pix[3*i:3*i+3], im.Pix[3*(int(y)*im.Width+int(x)):])
	}
	return out
}
