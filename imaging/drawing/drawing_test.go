package drawing

import (
	"bytes"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// TestThumbnail is upright, fits, keeps the aspect ratio, and is not enlarged.
func TestThumbnail(t *testing.T) {
	for _, c := range []struct {
		w, h, side, wantW, wantH int
		o                        imaging.Orientation
	}{
		{300, 200, 100, 100, 66, 1}, {300, 200, 100, 66, 100, 6}, {30, 20, 100, 30, 20, 3}, {1000, 1, 50, 50, 1, 0}, {1, 1, 1, 1, 1, 8},
	} {
		im := testImage(c.w, c.h)
		im.Orientation = c.o
		data, err := Thumbnail(im, c.side)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if b := got.Bounds(); b.Dx() != c.wantW || b.Dy() != c.wantH {
			t.Errorf("%d×%d, orientation %d: thumbnail %v, want %d×%d", c.w, c.h, c.o, b, c.wantW, c.wantH)
		}
	}
}

// TestThumbnailIsTurned: the mark of the top left corner of an image to be
// turned clockwise is seen at the top right.
func TestThumbnailIsTurned(t *testing.T) {
	im := blank(40, 30)
	im.Orientation = 6
	for y := range 10 {
		for x := range 10 {
			copy(im.Pix[3*(y*40+x):], []uint8{255, 255, 255})
		}
	}
	data, err := Thumbnail(im, 40)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := got.At(25, 5).RGBA(); r < 0xC000 {
		t.Error("the mark is not at the top right")
	}
	if r, _, _, _ := got.At(5, 5).RGBA(); r > 0x4000 {
		t.Error("the mark is at the top left")
	}
}

// lightness is CIELAB's L* of an sRGB colour.
func lightness(c [3]uint8) float64 {
	y := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		y += weight * v
	}
	if y > 216.0/24389 {
		return 116*math.Cbrt(y) - 16
	}
	return y * 24389 / 27
}

// TestColourMapsAreEven: lightness rises (or falls from the middle of a diverging
// map) without steps.
func TestColourMapsAreEven(t *testing.T) {
	for _, name := range ColourMaps() {
		m, err := NewColourMap(name)
		if err != nil {
			t.Fatal(err)
		}
		if m.Name != name {
			t.Errorf("%s is called %s", name, m.Name)
		}
		for i := 1; i < 256; i++ {
			step := lightness(m.Colours[i]) - lightness(m.Colours[i-1])
			if m.Diverging && i > 128 {
				step = -step
			}
			if step < -0.4 || step > 1.3 {
				t.Errorf("%s: lightness changes by %.2f at %d", name, step, i)
			}
		}
		if m.Diverging && math.Abs(lightness(m.Colours[0])-lightness(m.Colours[255])) > 6 {
			t.Errorf("%s: ends of lightness %.0f and %.0f", name, lightness(m.Colours[0]), lightness(m.Colours[255]))
		}
	}
	if _, err := NewColourMap("jet"); err == nil || !strings.Contains(err.Error(), "viridis") {
		t.Errorf("jet: %v", err)
	}
}

// TestOverlayLandsRight: for all orientations, the brightest colour lies where
// the hottest cell's part of the photo is displayed.
func TestOverlayLandsRight(t *testing.T) {
	p, _ := imaging.Preset("plain")
	p = p.WithInput(60, 60, 3)
	for o := imaging.Orientation(1); o <= 8; o++ {
		for _, apply := range []bool{false, true} {
			p.ApplyEXIFOrientation = apply
			im := blank(120, 60)
			im.Orientation = o
			g, err := p.Apply(im, make([]float32, 3*60*60), imaging.NCHW)
			if err != nil {
				t.Fatal(err)
			}
			cells := g.Scaled(4, 4)
			values := make([]float32, 16)
			values[1*4+2] = 1 // the cell in column 2, row 1
			up := im.Upright()
			drawn, err := Overlay(up, values, 4, 4, cells, Options{ColourMap: "viridis", Opacity: 1, Cells: true})
			if err != nil {
				t.Fatal(err)
			}
			x, y := cells.Apply(2.5, 1.5)
			hot, _ := NewColourMap("viridis")
			at := [3]uint8(drawn.Pix[3*(int(y)*drawn.Width+int(x)):])
			if at != hot.Colours[255] {
				t.Errorf("orientation %d, applied %v: (%v,%v) is %v", o, apply, x, y, at)
			}
			if n := countColour(drawn.Pix, hot.Colours[255]); n != 120*60/16 {
				t.Errorf("orientation %d: %d pixels of the hottest colour, want %d", o, n, 120*60/16)
			}
		}
	}
}

func countColour(pix []uint8, c [3]uint8) int {
	n := 0
	for i := 0; i < len(pix); i += 3 {
		if [3]uint8(pix[i:i+3]) == c {
			n++
		}
	}
	return n
}

// TestOverlayLeavesTheRest: pixels outside the crop, and values under the
// threshold, keep the photo.
func TestOverlayLeavesTheRest(t *testing.T) {
	im := testImage(100, 50)
	p, _ := imaging.Preset("imagenet")
	g, err := p.Apply(im, make([]float32, 3*224*224), imaging.NCHW)
	if err != nil {
		t.Fatal(err)
	}
	values := []float32{-1, 0.2, 0.5, 1}
	drawn, err := Overlay(im, values, 2, 2, g.Scaled(2, 2), Options{Opacity: 0.7, Threshold: 0.4, Cells: true})
	if err != nil {
		t.Fatal(err)
	}
	changed := func(x, y int) bool {
		return !bytes.Equal(drawn.Pix[3*(y*im.Width+x):][:3], im.Pix[3*(y*im.Width+x):][:3])
	}
	for _, c := range []struct {
		x, y int
		want bool
	}{{2, 25, false}, {97, 25, false}, {40, 15, true}, {60, 15, false}, {40, 35, true}, {60, 35, true}} {
		if changed(c.x, c.y) != c.want {
			t.Errorf("pixel (%d,%d) changed: %v, want %v", c.x, c.y, !c.want, c.want)
		}
	}
}

// TestOverlayRefuses what cannot be drawn truthfully.
func TestOverlayRefuses(t *testing.T) {
	upright, turned := testImage(8, 8), testImage(8, 8)
	turned.Orientation = 5
	g := imaging.Geometry{InputWidth: 1, InputHeight: 1, DisplayWidth: 8, DisplayHeight: 8, Matrix: [6]float64{8, 0, 0, 0, 8, 0}}
	for says, try := range map[string]func() error{
		"value 0 of the map is NaN": func() error {
			_, err := Overlay(upright, []float32{float32(math.NaN())}, 1, 1, g, Options{})
			return err
		},
		"value 0 of the map is +Inf": func() error {
			_, err := Overlay(upright, []float32{float32(math.Inf(1))}, 1, 1, g, Options{})
			return err
		},
		"2 values for a map of 1×1": func() error { _, err := Overlay(upright, []float32{1, 2}, 1, 1, g, Options{}); return err },
		"pass im.Upright()":         func() error { _, err := Overlay(turned, []float32{1}, 1, 1, g, Options{}); return err },
		"unknown colour map": func() error {
			_, err := Overlay(upright, []float32{1}, 1, 1, g, Options{ColourMap: "jet"})
			return err
		},
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error saying %q", err, says)
		}
	}
}

// A level between cell centres is interpolated, and constant beyond them.
func TestLevelsAreInterpolated(t *testing.T) {
	g := &grid{levels: []float64{0, 1, 2, 3}, w: 2, h: 2}
	for _, c := range [][3]float64{{0.5, 0.5, 0}, {1.5, 0.5, 1}, {1, 1, 1.5}, {0, 0, 0}, {2, 2, 3}, {1, 0.5, 0.5}, {0.5, 1.25, 1.5}} {
		if got := g.at(c[0], c[1]); math.Abs(got-c[2]) > 1e-9 {
			t.Errorf("(%v,%v) is %v, want %v", c[0], c[1], got, c[2])
		}
	}
}

// One pixel of a fine map does not take the colour from the others; in a coarse
// map it sets the scale.
func TestFineMapsHaveNoOutliers(t *testing.T) {
	fine := make([]float32, 100*100)
	for i := range fine {
		fine[i] = float32(i) / 10000
	}
	fine[7] = 50
	s, err := newScale(fine, Options{})
	if err != nil || math.Abs(s.min+s.span-0.99) > 1e-3 {
		t.Errorf("the scale ends at %v, %v", s.min+s.span, err)
	}
	if s, _ = newScale([]float32{1, 50}, Options{}); s.min+s.span != 50 {
		t.Errorf("of a coarse map it ends at %v", s.min+s.span)
	}
	clear(fine)
	fine[9] = 3
	if s, _ = newScale(fine, Options{}); s.min+s.span != 3 {
		t.Errorf("of one value among zeros it ends at %v", s.min+s.span)
	}
}

func blank(w, h int) *imaging.Image {
	return &imaging.Image{Width: w, Height: h, Pix: make([]uint8, 3*w*h)}
}

// testImage is a gradient with noise.
func testImage(w, h int) *imaging.Image {
	im, random := blank(w, h), rand.New(rand.NewPCG(1, 2))
	for i := range im.Pix {
		im.Pix[i] = uint8(random.IntN(80)) + uint8(i/3%w*2+i/3/w)
	}
	return im
}

// BenchmarkThumbnail is the price of a thumbnail once a photo is decoded.
func BenchmarkThumbnail(b *testing.B) {
	im := testImage(500, 400)
	for b.Loop() {
		if _, err := Thumbnail(im, 256); err != nil {
			b.Fatal(err)
		}
	}
}
