package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// slowOverlay draws a map pixel by pixel, with no table: what Overlay is compared with.
func slowOverlay(im *imaging.Image, values []float32, w, h int, g imaging.Geometry, o Options) *imaging.Image {
	out := im.Clone()
	s, _ := newScale(values, o)
	inverse := g.Inverse()
	for y := range im.Height {
		for x := range im.Width {
			cx, cy := inverse(float64(x)+0.5, float64(y)+0.5)
			if cx < 0 || cy < 0 || cx > float64(w) || cy > float64(h) {
				continue
			}
			slowBlend(s, out.Pix[3*(y*im.Width+x):][:3], slowSample(values, w, h, cx, cy, o.Cells))
		}
	}
	return out
}

func slowSample(values []float32, w, h int, x, y float64, cells bool) float64 {
	if cells {
		return float64(values[min(h-1, int(y))*w+min(w-1, int(x))])
	}
	x, y = math.Max(0, x-0.5), math.Max(0, y-0.5)
	x0, y0 := min(w-1, int(x)), min(h-1, int(y))
	x1, y1 := min(w-1, x0+1), min(h-1, y0+1)
	fx, fy := x-float64(x0), y-float64(y0)
	top := float64(values[y0*w+x0])*(1-fx) + float64(values[y0*w+x1])*fx
	bottom := float64(values[y1*w+x0])*(1-fx) + float64(values[y1*w+x1])*fx
	return top*(1-fy) + bottom*fy
}

func slowBlend(s *scale, pixel []uint8, v float64) {
	t := 0.5
	if s.span > 0 {
		t = (v - s.min) / s.span
	}
	strength := t
	if s.colours.Diverging {
		strength = math.Abs(2*t - 1)
	}
	if strength < s.threshold-1e-9 { // a computed value may lie a little below the least
		return
	}
	for c, colour := range s.colours.At(t) {
		pixel[c] = uint8(math.Round(float64(pixel[c])*(1-s.opacity) + float64(colour)*s.opacity))
	}
}

// Overlay is the slow loop to 1 of 255: for maps of all sizes and signs, images of all
// orientations, crops that leave a margin or are cut, other directions, and all options.
func TestOverlayIsThatOfTheSlowLoop(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	differ, pixels := 0, 0
	for n := range 400 {
		w, h, im := 1+random.IntN(12), 1+random.IntN(12), testImage(20+random.IntN(60), 20+random.IntN(60))
		if n%10 == 0 {
			w, h = 70, 80 // fine
		}
		values := make([]float32, w*h)
		for i := range values {
			values[i] = float32(random.NormFloat64())
			if n%3 > 0 {
				values[i] = float32(random.IntN(4)) / 2 // levels that lie between two colours
			}
			if n%3 == 2 {
				values[i] -= 1
			}
		}
		g := imaging.Geometry{InputWidth: w, InputHeight: h, DisplayWidth: im.Width, DisplayHeight: im.Height}
		sx, sy := float64(im.Width)/float64(w)*(0.5+random.Float64()), float64(im.Height)/float64(h)*(0.5+random.Float64())
		dx, dy := 10*random.NormFloat64(), 10*random.NormFloat64()
		g.Matrix = [][6]float64{{sx, 0, dx, 0, sy, dy}, {-sx, 0, float64(im.Width) + dx, 0, sy, dy}, {0, sx, dx, -sy, 0, float64(im.Height)}, {0, sx, 0, sy, 0, 0}, {sx, 0.2, dx, -0.1, sy, dy}}[n%5]
		o := Options{Cells: n%7 == 0, ColourMap: []string{"", "viridis", "balance"}[n%4%3]}
		if n%6 == 5 {
			o.Opacity, o.Threshold = 0.3, 0.4
		}
		if n%11 == 10 {
			o.Min, o.Max = -0.5, 0.8
		}
		got, err := Overlay(im, values, w, h, g, o)
		if err != nil {
			t.Fatal(err)
		}
		want := slowOverlay(im, values, w, h, g, o)
		for i, v := range got.Pix {
			if d := int(v) - int(want.Pix[i]); d != 0 {
				if differ++; d > 1 || d < -1 {
					t.Fatalf("%d: byte %d of %d×%d is %d, want %d (%+v, %v)", n, i, im.Width, im.Height, v, want.Pix[i], o, g.Matrix)
				}
			}
		}
		pixels += len(got.Pix)
	}
	if differ*1000 > pixels {
		t.Errorf("%d of %d bytes differ", differ, pixels)
	}
}

// A PNG is read back by another decoder as the pixels that it was made of.
func TestPNG(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 2}, {8, 8}, {17, 5}, {224, 224}, {1, 300}, {500, 1}} {
		im := testImage(size[0], size[1])
		data, err := PNG(im)
		if err != nil {
			t.Fatal(err)
		}
		back, err := png.Decode(bytes.NewReader(data))
		if err != nil || back.Bounds() != image.Rect(0, 0, size[0], size[1]) {
			t.Fatalf("%v: %v", size, err)
		}
		for i := range size[0] * size[1] {
			r, g, b, a := back.At(i%size[0], i/size[0]).RGBA()
			if got, want := [4]uint32{r >> 8, g >> 8, b >> 8, a}, [4]uint32{uint32(im.Pix[3*i]), uint32(im.Pix[3*i+1]), uint32(im.Pix[3*i+2]), 0xffff}; got != want {
				t.Fatalf("%v: pixel %d is %v, want %v", size, i, got, want)
			}
		}
	}
}

// A photo's PNG is hardly larger than that of the standard library at its fastest.
func TestPNGIsSmall(t *testing.T) {
	im := blank(300, 200)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range im.Pix {
		x, y := float64(i/3%300), float64(i/900)
		im.Pix[i] = uint8(128 + 60*math.Sin(x/40+float64(i%3)) + 50*math.Cos(y/25) + 4*random.NormFloat64())
	}
	ours, err := PNG(im)
	if err != nil {
		t.Fatal(err)
	}
	var theirs bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&theirs, im.NRGBA()); err != nil {
		t.Fatal(err)
	}
	if len(ours)*100 > theirs.Len()*115 {
		t.Errorf("%d bytes, the standard library needs %d", len(ours), theirs.Len())
	}
}

// BenchmarkOverlay is the price of a map over a photo, and of its PNG.
func BenchmarkOverlay(b *testing.B) {
	for _, size := range [][2]int{{224, 224}, {500, 375}} {
		im := testImage(size[0], size[1])
		for _, cells := range []int{7, 224} {
			values := make([]float32, cells*cells)
			for i := range values {
				values[i] = float32(i * 7919 % 1000)
			}
			g := imaging.Geometry{InputWidth: 224, InputHeight: 224, DisplayWidth: size[0], DisplayHeight: size[1],
				Matrix: [6]float64{float64(size[0]) / 224, 0, 0, 0, float64(size[1]) / 224, 0}}.Scaled(cells, cells)
			b.Run(fmt.Sprintf("%dx%d of %d cells", size[0], size[1], cells), func(b *testing.B) {
				for b.Loop() {
					drawn, err := Overlay(im, values, cells, cells, g, Options{})
					if err != nil {
						b.Fatal(err)
					}
					drawn.Release()
				}
			})
		}
		b.Run(fmt.Sprintf("PNG %dx%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				if _, err := PNG(im); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
