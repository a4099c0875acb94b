package imaging

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

// filters are all of PIL's.
var filters = []Filter{Nearest, Box, Bilinear, Hamming, Bicubic, Lanczos}

type resizeCase struct {
	Library, Filter, Source, Pixels          string
	SourceWidth, SourceHeight, Width, Height int
}

func (c resizeCase) String() string {
	return fmt.Sprintf("%s/%s/%dx%d-to-%dx%d", c.Library, c.Filter, c.SourceWidth, c.SourceHeight, c.Width, c.Height)
}

// TestResizeEqualsPillowAndOpenCV compares every byte for all filters over sizes
// that shrink, grow, keep one side, and have sides of one pixel.
func TestResizeEqualsPillowAndOpenCV(t *testing.T) {
	needPython(t, "PIL, numpy")
	var cases []resizeCase
	runOracle(t, "resize.py", map[string]any{
		"dir":     t.TempDir(),
		"sources": [][2]int{{1, 1}, {1, 13}, {13, 1}, {2, 2}, {64, 48}, {97, 131}, {500, 333}, {1021, 7}, {3, 700}},
		"targets": [][2]int{{1, 1}, {1, 9}, {9, 1}, {2, 3}, {32, 32}, {64, 48}, {97, 40}, {224, 224}, {333, 256}, {600, 401}},
	}, &cases)
	if !slices.ContainsFunc(cases, func(c resizeCase) bool { return c.Library == "opencv" }) {
		t.Run("opencv", func(t *testing.T) { t.Skip("not compared with OpenCV: Python has no cv2 (python3-opencv)") })
	}
	for _, c := range cases {
		t.Run(c.String(), func(t *testing.T) {
			f, err := ParseFilter(c.Filter)
			if err != nil {
				t.Fatal(err)
			}
			im := &Image{Width: c.SourceWidth, Height: c.SourceHeight, Pix: readFile(t, c.Source)}
			got, want := Resize(im, c.Width, c.Height, f, c.Library == "pillow"), readFile(t, c.Pixels)
			if len(got.Pix) != len(want) {
				t.Fatalf("%d bytes, want %d", len(got.Pix), len(want))
			}
			if n, largest := differing(got.Pix, want); n != 0 {
				t.Errorf("%d of %d bytes differ, by at most %d", n, len(want), largest)
			}
		})
	}
}

// TestWindowEqualsCrop: resizing only a window gives the crop of the whole.
func TestWindowEqualsCrop(t *testing.T) {
	im := testImage(150, 110)
	for _, f := range filters {
		for _, size := range [][2]int{{40, 31}, {150, 60}, {70, 110}, {300, 200}, {150, 110}} {
			w := window{width: size[0], height: size[1], x0: 3, y0: 5, x1: 33, y1: 29}
			whole := window{width: size[0], height: size[1], x1: size[0], y1: size[1]}
			for name, resize := range map[string]func(*Image, window, Filter) *Image{"pillow": resizePillow, "opencv": resizeOpenCV} {
				if name == "opencv" && f != Bilinear && f != Bicubic {
					continue
				}
				got := resize(im, w, f)
				want := cropImage(resize(im, whole, f), w.x0, w.y0, w.x1, w.y1)
				if got.Width != want.Width || got.Height != want.Height {
					t.Fatalf("%s %v to %v: %v, want %v", name, f, size, got, want)
				}
				if n, _ := differing(got.Pix, want.Pix); n != 0 {
					t.Errorf("%s %v to %v: %d bytes differ from the cropped whole", name, f, size, n)
				}
			}
		}
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// testImage is an image with detail of every size, the same on each call.
func testImage(w, h int) *Image {
	im := newImage(w, h)
	state := uint32(2463534242)
	for i := range im.Pix {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		x, y := i/3%w, i/3/w
		im.Pix[i] = uint8(state>>24)/3 + uint8(x*2+y) + uint8(x/9+y/7)%2*80
	}
	return im
}
