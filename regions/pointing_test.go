package regions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// at is a map whose highest cell, one pixel, is centred at (x+½, y+½).
func at(x, y int) *attribution.Map {
	g := imaging.Geometry{InputWidth: 100, InputHeight: 80, DisplayWidth: 100, DisplayHeight: 80, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}
	m := &attribution.Map{Width: 100, Height: 80, Values: make([]float32, 8000), Geometry: g}
	m.Values[y*100+x] = 1
	return m
}

func TestHitByHand(t *testing.T) {
	region := Box(40, 30, 60, 50)
	for _, c := range []struct {
		x, y      int
		tolerance float64
		want      bool
	}{
		{50, 40, 0, true}, {40, 30, 0, true}, {39, 30, 0, false}, {39, 30, 0.6, true},
		{25, 40, PointingTolerance, true},           // 14.5 away
		{24, 40, 15.5, false}, {24, 40, 15.6, true}, // strictly nearer than the tolerance
		{30, 20, 13.43, false}, {30, 20, 13.44, true}, // 9.5·√2 from the corner
	} {
		if got := Hit(at(c.x, c.y), region, c.tolerance); got != c.want {
			t.Errorf("%d,%d within %v: %v", c.x, c.y, c.tolerance, got)
		}
	}
	if Hit(at(1, 1), nil, 1e9) {
		t.Error("an empty region is hit")
	}
	empty := at(1, 1)
	for i := range empty.Values {
		empty.Values[i] = float32(math.NaN())
	}
	if Hit(empty, region, 1e9) {
		t.Error("a map without a value hits")
	}
}

// Distance agrees with the nearest of many points of the region.
func TestDistanceAgreesWithCounting(t *testing.T) {
	region := Region{{5, 10, 80, -20, 60, 40, 100, 90, 30, 60}, {10, 80, 40, 80, 25, 120}}
	r := rand.New(rand.NewPCG(4, 4))
	for range 20 {
		x, y := 200*r.Float64()-50, 200*r.Float64()-50
		nearest := math.Inf(1)
		for i := range 600 * 600 {
			px, py := float64(i%600)/600*100+1.0/12, float64(i/600)/600*140-20+1.0/12
			if region.Contains(px, py) {
				nearest = math.Min(nearest, math.Hypot(px-x, py-y))
			}
		}
		if got := region.Distance(x, y); math.Abs(got-nearest) > 0.5 {
			t.Errorf("from %.1f,%.1f: %.2f, counted %.2f", x, y, got, nearest)
		}
	}
}

func TestPointingAveragesClasses(t *testing.T) {
	var p Pointing
	if p.Accuracy() != 0 {
		t.Error("nothing played, and an accuracy")
	}
	for range 8 {
		p.Add(1, true)
	}
	p.Add(2, false)
	p.Add(5, true)
	p.Add(5, false)
	if got := p.Accuracy(); math.Abs(got-0.5) > 1e-12 { // (1 + 0 + ½) ÷ 3, not 9 of 11
		t.Errorf("accuracy %v, want 0.5", got)
	}
	if got, ok := p.Class(5); got != 0.5 || !ok {
		t.Errorf("class 5: %v, %v", got, ok)
	}
	if _, ok := p.Class(7); ok {
		t.Error("a class that was not played has an accuracy")
	}
}
