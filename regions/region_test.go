package regions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// crop is a 4×3 map over the centre 80×60 of an image of 100×100.
func crop(values []float32) *attribution.Map {
	g := imaging.Geometry{InputWidth: 4, InputHeight: 3, DisplayWidth: 100, DisplayHeight: 100, Matrix: [6]float64{20, 0, 10, 0, 20, 20}}
	return &attribution.Map{Width: 4, Height: 3, Values: values, Geometry: g}
}

func TestMassByHand(t *testing.T) {
	m := crop([]float32{
		0, 0, 0, 0,
		0, 8, 2, -1,
		0, 0, -3, 0,
	})
	// Cell (1,1) covers [30,50]×[40,60], (2,1) [50,70]×[40,60]. The box takes all
	// of the first and a quarter (10×10 of 20×20) of the second.
	region := Region{{30, 40, 60, 40, 60, 50, 50, 50, 50, 60, 30, 60}}
	got := Measure(m, region)
	want := Mass{Share: 8.5 / 10, Area: 1.25 / 12, Ratio: 0.85 / (1.25 / 12), Negative: 0, Hottest: true}
	for what, pair := range map[string][2]float64{"share": {got.Share, want.Share}, "area": {got.Area, want.Area}, "ratio": {got.Ratio, want.Ratio}, "negative": {got.Negative, want.Negative}} {
		if math.Abs(pair[0]-pair[1]) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
	if !got.Hottest {
		t.Error("the hottest place, 40, 50, is not inside")
	}
	if other := Measure(m, Box(70, 40, 90, 80)); other.Hottest || other.Share != 0 || math.Abs(other.Negative-1.0/4) > 1e-12 {
		t.Errorf("elsewhere: %+v", other)
	}
}

func TestMassOfNothing(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	m := crop([]float32{nan, nan, inf, -inf, 0, 0, 0, 0, 0, 0, 0, 0})
	for name, r := range map[string]Region{"empty": nil, "outside": Box(200, 200, 300, 300), "uncropped corner": Box(0, 0, 10, 10), "line": {{0, 0, 50, 50}}} {
		if got := Measure(m, r); got.Share != 0 || got.Area != 0 || got.Ratio != 0 || got.Hottest {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if whole := Measure(crop([]float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), Box(-50, -50, 900, 900)); math.Abs(whole.Share-1) > 1e-12 || math.Abs(whole.Area-1) > 1e-12 || math.Abs(whole.Ratio-1) > 1e-12 {
		t.Errorf("everything: %+v", whole)
	}
}

// Exact overlap agrees with counting many points, under a turned and stretched
// geometry and a concave outline, part of it outside the image.
func TestCoverageAgreesWithCounting(t *testing.T) {
	g := imaging.Geometry{InputWidth: 5, InputHeight: 4, DisplayWidth: 90, DisplayHeight: 110, Matrix: [6]float64{-3, 20, 12, 22, 4, 5}}
	m := &attribution.Map{Width: 5, Height: 4, Values: make([]float32, 20), Geometry: g}
	region := Region{{5, 10, 80, -20, 60, 40, 100, 90, 30, 60}, {10, 80, 40, 80, 25, 120}}
	covered := Coverage(m, region)
	const fine = 200
	for c, got := range covered {
		hits := 0
		for i := range fine * fine {
			x, y := g.Apply(float64(c%5)+(float64(i%fine)+0.5)/fine, float64(c/5)+(float64(i/fine)+0.5)/fine)
			if x >= 0 && y >= 0 && x < 90 && y < 110 && region.Contains(x, y) {
				hits++
			}
		}
		if want := float64(hits) / (fine * fine); math.Abs(got-want) > 0.005 {
			t.Errorf("cell %d: %.4f, counted %.4f", c, got, want)
		}
	}
}

// The shares of regions that tile the image add up to one.
func TestSharesOfATilingAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	values := make([]float32, 12)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	m := crop(values)
	sum, area := 0.0, 0.0
	for _, tile := range []Region{Box(0, 0, 37, 100), Box(37, 0, 100, 41), {{37, 41, 100, 41, 100, 100}}, {{37, 41, 100, 100, 37, 100}}} {
		part := Measure(m, tile)
		sum += part.Share
		area += part.Area
	}
	if math.Abs(sum-1) > 1e-12 || math.Abs(area-1) > 1e-12 {
		t.Errorf("shares add up to %v, areas to %v", sum, area)
	}
}

func TestNewRegion(t *testing.T) {
	box, err := New("box", []float64{30, 20, 10, 50})
	if err != nil || box.Area() != 600 || !box.Contains(20, 30) {
		t.Errorf("box %v: %v", box, err)
	}
	if p, err := New("polygon", []float64{0, 0, 10, 0, 0, 10}); err != nil || p.Area() != 50 {
		t.Errorf("polygon %v: %v", p, err)
	}
	for _, bad := range []struct {
		kind string
		n    int
	}{{"box", 3}, {"polygon", 4}, {"polygon", 7}, {"circle", 6}} {
		if _, err := New(bad.kind, make([]float64, bad.n)); err == nil {
			t.Errorf("%s of %d: no error", bad.kind, bad.n)
		}
	}
}
