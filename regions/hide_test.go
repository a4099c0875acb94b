package regions

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

func shaded(width, height int, o imaging.Orientation) *imaging.Image {
	r := rand.New(rand.NewPCG(1, 2))
	im := &imaging.Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height), Orientation: o}
	for i := range im.Pix {
		im.Pix[i] = uint8(r.Uint32())
	}
	return im
}

// Hiding and then turning upright is turning upright and then hiding.
func TestHideInEveryOrientation(t *testing.T) {
	for o := imaging.Orientation(0); o <= 8; o++ {
		im := shaded(31, 20, o)
		for _, fill := range []Fill{Mean, Blur} {
			region := Region{{3, 2, 14, 2, 16, 11, 3, 9}}
			turned, err := Hide(im, region, fill, 0)
			if err != nil {
				t.Fatal(err)
			}
			upright, err := Hide(im.Upright(), region, fill, 0)
			if err != nil {
				t.Fatal(err)
			}
			if turned.Orientation != o || differ(turned.Upright().Pix, upright.Pix) > 1 {
				t.Errorf("orientation %d, %s: largest difference %d", o, fill, differ(turned.Upright().Pix, upright.Pix))
			}
		}
	}
}

func differ(a, b []uint8) int {
	worst := 0
	for i := range a {
		worst = max(worst, int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return worst
}

func TestHideChangesTheRegionOnly(t *testing.T) {
	im := shaded(40, 30, 1)
	before := bytes.Clone(im.Pix)
	for _, fill := range []Fill{Blur, Mean, Noise} {
		out, err := Hide(im, Box(10, 5, 20.4, 15), fill, 7)
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for i := range out.Pix {
			p := i / 3
			x, y := p%40, p/40
			if out.Pix[i] == im.Pix[i] {
				continue
			}
			changed++
			if x < 10 || x >= 20 || y < 5 || y >= 15 {
				t.Fatalf("%s: pixel %d,%d changed", fill, x, y)
			}
		}
		if changed < 250 {
			t.Errorf("%s: only %d of 300 values changed", fill, changed)
		}
		again, err := Hide(im, Box(10, 5, 20.4, 15), fill, 7)
		if err != nil || !bytes.Equal(again.Pix, out.Pix) {
			t.Errorf("%s: not the same twice (%v)", fill, err)
		}
	}
	if !bytes.Equal(before, im.Pix) {
		t.Error("the original changed")
	}
	if _, err := Hide(im, nil, "glitter", 0); err == nil {
		t.Error("unknown fill: no error")
	}
}

func TestHideByMeanByHand(t *testing.T) {
	im := &imaging.Image{Width: 2, Height: 2, Pix: []uint8{250, 0, 9, 10, 20, 30, 20, 30, 40, 31, 40, 50}}
	out, err := Hide(im, Box(0, 0, 1, 1), Mean, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint8{20, 30, 40}; !bytes.Equal(out.Pix[:3], want) { // (10+20+31)/3 = 20.3
		t.Errorf("colour %v, want %v", out.Pix[:3], want)
	}
}

// Three boxes have the Gaussian's variance, and a blurred point is close to it.
func TestBlurIsNearlyGaussian(t *testing.T) {
	for _, sigma := range []float64{2, 5, 10, 31.5, 200} {
		variance := 0.0
		for _, r := range boxRadii(sigma) {
			side := float64(2*r + 1)
			variance += (side*side - 1) / 12
		}
		if got := math.Sqrt(variance); math.Abs(got/sigma-1) > 0.2/sigma {
			t.Errorf("sigma %v: three boxes have %v", sigma, got)
		}
	}
	const n, sigma = 201, 10.0
	line, spare := make([]float32, n), make([]float32, n)
	line[100] = 1
	for _, r := range boxRadii(sigma) {
		boxBlur(line, spare, make([]float64, 1), n, 1, r)
	}
	for i, v := range line {
		d := float64(i-100) / sigma
		want := math.Exp(-d*d/2) / (sigma * math.Sqrt(2*math.Pi))
		if math.Abs(float64(v)-want) > 0.04/sigma {
			t.Errorf("at %d: %v, want %v", i-100, v, want)
		}
	}
}

func TestBoxBlurAgreesWithItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	values := make([]float32, 30)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	for _, radius := range []int{0, 1, 4, 50} {
		got := append([]float32(nil), values...)
		boxBlur(got[1:], make([]float32, 29), make([]float64, 1), 15, 2, radius)
		for i := range 15 {
			sum := 0.0
			for k := -radius; k <= radius; k++ {
				sum += float64(values[1+2*min(max(i+k, 0), 14)])
			}
			if want := sum / float64(2*radius+1); math.Abs(float64(got[1+2*i])-want) > 1e-5 {
				t.Errorf("radius %d at %d: %v, want %v", radius, i, got[1+2*i], want)
			}
		}
	}
}

func TestControlIsClear(t *testing.T) {
	head, body := Box(40, 10, 60, 35), Box(30, 35, 70, 90)
	places := map[float64]bool{}
	for seed := range uint64(50) {
		moved, ok := Control(head, 100, 100, []Region{body}, seed)
		if !ok {
			t.Fatalf("seed %d: no place", seed)
		}
		left, top, right, bottom := moved.Bounds()
		if left < 0 || top < 0 || right > 100 || bottom > 100 || math.Abs(moved.Area()-head.Area()) > 1e-9 {
			t.Errorf("seed %d: %v", seed, moved)
		}
		for _, other := range []Region{head, body} {
			if len(moved.Within(other.Bounds())) > 0 && moved.Within(other.Bounds()).Area() > 0 {
				t.Errorf("seed %d: %v overlaps %v", seed, moved, other)
			}
		}
		places[left*1000+top] = true
	}
	if len(places) < 20 {
		t.Errorf("only %d places for 50 seeds", len(places))
	}
	if _, ok := Control(Box(0, 0, 90, 90), 100, 100, nil, 1); ok {
		t.Error("found a place that cannot be")
	}
}
