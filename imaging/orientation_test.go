package imaging

import (
	"math"
	"testing"
)

// TestUprightEqualsPIL reads the orientation from JPEG, PNG and WebP files, and
// compares Upright with PIL's exif_transpose.
func TestUprightEqualsPIL(t *testing.T) {
	needPython(t, "PIL, numpy")
	var cases []struct {
		File, Pixels               string
		Orientation, Width, Height int
	}
	runOracle(t, "orientation.py", map[string]any{"dir": t.TempDir()}, &cases)
	if len(cases) != 27 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		data := readFile(t, c.File)
		info, err := Probe(data)
		if err != nil || int(info.Orientation) != c.Orientation {
			t.Errorf("%s: orientation %d (%v), want %d", c.File, info.Orientation, err, c.Orientation)
		}
		im, err := Decode(data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		up := im.Upright()
		if up.Width != c.Width || up.Height != c.Height {
			t.Errorf("%s: upright %d×%d, want %d×%d", c.File, up.Width, up.Height, c.Width, c.Height)
			continue
		}
		if n, _ := differing(up.Pix, readFile(t, c.Pixels)); n != 0 {
			t.Errorf("%s: %d bytes differ", c.File, n)
		}
	}
}

// TestPointsFollowPixels: ToUpright tells where Upright moves each pixel.
func TestPointsFollowPixels(t *testing.T) {
	for o := Orientation(0); o <= 9; o++ {
		im := testImage(7, 4)
		im.Orientation = o
		up := im.Upright()
		for y := range im.Height {
			for x := range im.Width {
				X, Y := o.ToUpright(float64(x)+0.5, float64(y)+0.5, im.Width, im.Height)
				if a, b := im.row(y)[3*x], up.row(int(Y))[3*int(X)]; a != b {
					t.Fatalf("orientation %d: pixel (%d,%d) is %d, at (%v,%v) of the upright image is %d", o, x, y, a, X, Y, b)
				}
				if bx, by := o.ToStored(X, Y, im.Width, im.Height); math.Abs(bx-float64(x)-0.5) > 1e-9 || math.Abs(by-float64(y)-0.5) > 1e-9 {
					t.Fatalf("orientation %d: ToStored gives (%v,%v) for (%d,%d)", o, bx, by, x, y)
				}
			}
		}
	}
}

// geometrySettings are settings whose geometry differs in kind.
func geometrySettings() map[string]Preprocessing {
	imagenet, _ := Preset("imagenet")
	small := imagenet
	small.Size, small.CropSize = Size{ShortestEdge: 48}, Size{Height: 40, Width: 40}
	hf := small
	hf.CropSize, hf.CropRounding = Size{Height: 37, Width: 35}, RoundHuggingFace
	plain, _ := Preset("plain")
	padded := small
	padded.Size = Size{ShortestEdge: 30}
	letterbox := plain
	letterbox.Size, letterbox.DoPad, letterbox.PadSize = Size{LongestEdge: 64}, true, Size{Height: 64, Width: 64}
	crop := plain
	crop.DoResize, crop.DoCenterCrop, crop.CropSize = false, true, Size{Height: 51, Width: 44}
	tensorflow := plain.WithInput(50, 60, 3)
	tensorflow.Antialias, tensorflow.ResizeLibrary = false, "tensorflow"
	return map[string]Preprocessing{"cropped": small, "huggingface": hf, "squeezed": plain.WithInput(64, 48, 3), "padded": padded,
		"letterbox": letterbox, "unresized": crop, "grey": plain.WithInput(33, 44, 1), "tensorflow": tensorflow}
}

// TestGeometryFindsTheMark paints a mark on the stored image, for every
// orientation, applied or not, finds it in the model's input, and maps it to the
// displayed image, where it must be.
func TestGeometryFindsTheMark(t *testing.T) {
	for name, p := range geometrySettings() {
		for o := Orientation(1); o <= 8; o++ {
			for _, apply := range []bool{false, true} {
				p.ApplyEXIFOrientation = apply
				im := newImage(90, 70)
				im.Orientation = o
				paint(im, 38, 28, 8) // its middle is at (42, 32)
				w, h := p.OutputSize()
				dst := make([]float32, w*h*p.Channels)
				g, err := p.Apply(im, dst, NCHW)
				if err != nil {
					t.Fatal(name, err)
				}
				x, y := centroid(dst[:w*h], w)
				gotX, gotY := g.Apply(x, y)
				wantX, wantY := o.ToUpright(42, 32, im.Width, im.Height)
				if d := math.Hypot(gotX-wantX, gotY-wantY); d > 0.8 {
					t.Errorf("%s, orientation %d, applied %v: mark at (%.1f,%.1f), want (%.1f,%.1f)", name, o, apply, gotX, gotY, wantX, wantY)
				}
				if dw, dh := o.Upright(90, 70); g.DisplayWidth != dw || g.DisplayHeight != dh || g.InputWidth != w || g.InputHeight != h {
					t.Errorf("%s, orientation %d: geometry %+v", name, o, g)
				}
				if bx, by := g.Invert(gotX, gotY); math.Hypot(bx-x, by-y) > 1e-9 {
					t.Errorf("%s: Invert does not undo Apply", name)
				}
			}
		}
	}
}

func paint(im *Image, x0, y0, side int) {
	for y := y0; y < y0+side; y++ {
		for i := 3 * x0; i < 3*(x0+side); i++ {
			im.row(y)[i] = 255
		}
	}
}

// centroid is the mean position of what exceeds the smallest value.
func centroid(plane []float32, width int) (x, y float64) {
	low := plane[0]
	for _, v := range plane {
		low = min(low, v)
	}
	sum := 0.0
	for i, v := range plane {
		weight := float64(v - low)
		sum += weight
		x += weight * (float64(i%width) + 0.5)
		y += weight * (float64(i/width) + 0.5)
	}
	return x / sum, y / sum
}

// TestScaledGeometry: the corners of a map are those of the input.
func TestScaledGeometry(t *testing.T) {
	p, _ := Preset("imagenet")
	im := testImage(300, 200)
	g, err := p.Apply(im, make([]float32, 3*224*224), NCHW)
	if err != nil {
		t.Fatal(err)
	}
	s := g.Scaled(7, 14)
	for _, c := range [][4]float64{{0, 0, 0, 0}, {7, 14, 224, 224}, {3.5, 7, 112, 112}} {
		ax, ay := s.Apply(c[0], c[1])
		bx, by := g.Apply(c[2], c[3])
		if math.Hypot(ax-bx, ay-by) > 1e-9 {
			t.Errorf("cell (%v,%v) is at (%v,%v), want (%v,%v)", c[0], c[1], ax, ay, bx, by)
		}
	}
}
