package fingerprint

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

func pairsOf(t *testing.T, list []Print) []Pair {
	t.Helper()
	pairs, all, err := Alike(t.Context(), list, len(list)*len(list))
	if err != nil || !all {
		t.Fatal(all, err)
	}
	return pairs
}

// painted is a grey image of a side, by the grey value at places of -1 to 1.
func painted(side int, grey func(x, y float64) float64) *imaging.Image {
	im := &imaging.Image{Width: side, Height: side, Pix: make([]uint8, 3*side*side)}
	for i := range side * side {
		v := uint8(grey(float64(2*(i%side)+1)/float64(side)-1, float64(2*(i/side)+1)/float64(side)-1))
		im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2] = v, v, v
	}
	return im
}

// shapes are black on white, in the middle, of three sizes.
func shapes() (list []*imaging.Image) {
	for _, size := range []float64{0.25, 0.5, 0.8} {
		for _, in := range []func(x, y float64) bool{
			func(x, y float64) bool { return x*x+y*y < 1 },                         // circle
			func(x, y float64) bool { return true },                                // square
			func(x, y float64) bool { return x*x < 0.06 || y*y < 0.06 },            // plus
			func(x, y float64) bool { return max(x, -x)+max(y, -y) < 1 },           // diamond
			func(x, y float64) bool { r := x*x + y*y; return r < 1 && r > 0.5 },    // ring
			func(x, y float64) bool { return y*y < 0.06 },                          // bar
			func(x, y float64) bool { d := x*x - y*y; return d < 0.1 && d > -0.1 }, // cross
			func(x, y float64) bool { return max(x, -x, y, -y) > 0.7 },             // frame
		} {
			list = append(list, painted(224, func(x, y float64) float64 {
				if x, y := x/size, y/size; max(x, -x, y, -y) < 1 && in(x, y) {
					return 0
				}
				return 255
			}))
		}
	}
	return list
}

// plains are images of one grey, and gradients in eight directions.
func plains() (list []*imaging.Image) {
	for _, v := range []float64{0, 60, 128, 200, 255} {
		list = append(list, painted(224, func(_, _ float64) float64 { return v }))
	}
	for _, d := range [][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}} {
		list = append(list, painted(224, func(x, y float64) float64 { return 127.5 + 60*(d[0]*x+d[1]*y) }))
	}
	return list
}

// mirrored are random patterns of 12×12 cells, the same from the left and from the right, or from above and below, or both.
func mirrored(r *rand.Rand, side int, across, down bool) (list []*imaging.Image) {
	for range 40 {
		var cells [12][12]float64
		for i := range 144 {
			cells[i/12][i%12] = float64(255 * r.IntN(2))
		}
		list = append(list, painted(side, func(x, y float64) float64 {
			if across {
				x = min(x, -x)
			}
			if down {
				y = min(y, -y)
			}
			return cells[int(6*(y+1))][int(6*(x+1))]
		}))
	}
	return list
}

// Different images of which most frequencies are none are not the same, as PNG and as JPEG.
func TestPlainImagesAreNotTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	sets := map[string][]*imaging.Image{"shapes": shapes(), "plain": plains()}
	for _, side := range []int{96, 224} {
		sets[fmt.Sprint("both ways ", side)] = mirrored(r, side, true, true)
		sets[fmt.Sprint("across ", side)] = mirrored(r, side, true, false)
		sets[fmt.Sprint("down ", side)] = mirrored(r, side, false, true)
	}
	for name, set := range sets {
		var png, jpeg []Print
		plain := 0
		for _, im := range set {
			file, err := imaging.EncodeJPEG(im, 90)
			if err != nil {
				t.Fatal(err)
			}
			again, err := imaging.Decode(file, imaging.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			png, jpeg = append(png, Of(im)), append(jpeg, Of(again))
			if png[len(png)-1].Plain() {
				plain++
			}
		}
		if a, b := pairsOf(t, png), pairsOf(t, jpeg); len(a)+len(b) > 0 || plain == 0 {
			t.Errorf("%s: of %d, %d plain, %d pairs as PNG, %d as JPEG", name, len(set), plain, len(a), len(b))
		}
		t.Logf("%s: %d of %d are plain", name, plain, len(set))
	}
	if p := Of(mirrored(r, 224, false, false)[0]); p.Plain() {
		t.Error("a pattern that is not mirrored is called plain")
	}
}

// The search ends where prints are made so that each is a candidate of each, and when nobody waits for it.
func TestAlikeGivesUp(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	list := make([]Print, 2000)
	for i := range list {
		list[i] = Print{2, r.Uint64(), r.Uint64(), r.Uint64()}
	}
	if pairs, all, err := alike(t.Context(), list, 100, 100_000); all || pairs != nil || err != nil {
		t.Errorf("%d pairs, %v, %v", len(pairs), all, err)
	}
	if pairs, all, err := Alike(t.Context(), list, 100); !all || len(pairs) > 0 || err != nil {
		t.Errorf("of few: %d pairs, %v, %v", len(pairs), all, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, all, err := Alike(ctx, list, 100); all || !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v, %v", all, err)
	}
}
