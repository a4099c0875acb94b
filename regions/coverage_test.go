package regions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// sliced is Coverage by cutting the region down to every cell in turn.
func sliced(m *attribution.Map, region Region) []float64 {
	g := m.Geometry
	visible := region.Within(0, 0, float64(g.DisplayWidth), float64(g.DisplayHeight)).mapped(g.Invert)
	out := make([]float64, m.Width*m.Height)
	for i := range out {
		x, y := float64(i%m.Width), float64(i/m.Width)
		out[i] = visible.Within(x, y, x+1, y+1).Area()
	}
	return out
}

// star is an outline around a point that does not cross itself; whole numbers make
// corners and edges meet the grid.
func star(r *rand.Rand, x, y, radius float64, corners int, whole bool) Polygon {
	var p Polygon
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
		far := radius * (0.2 + 0.8*r.Float64())
		px, py := x+far*cos, y+far*sin
		if whole {
			px, py = math.Round(px), math.Round(py)
		}
		p = append(p, px, py)
	}
	return p
}

func TestCoverageAgreesWithSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 300 {
		w, h := 1+r.IntN(9), 1+r.IntN(9)
		m := &attribution.Map{Width: w, Height: h, Geometry: imaging.Geometry{
			InputWidth: w, InputHeight: h, DisplayWidth: 40, DisplayHeight: 30, Matrix: [6]float64{40 / float64(w), 0, 0, 0, 30 / float64(h), 0}}}
		if trial%3 == 1 {
			m.Geometry.Matrix = [6]float64{2, 1.5, 3, -1, 3, 9}
		}
		whole := trial%2 == 0
		if whole {
			m.Geometry.Matrix = [6]float64{4, 0, 4, 0, 3, 0}
		}
		region := Region{star(r, 40*r.Float64(), 30*r.Float64(), 25, 3+r.IntN(6), whole)}
		if whole {
			region = Region{region[0], Polygon{0, 0, 4, 0, 4, 3, 0, 3}}
			region = region[trial/2%2 : 1+trial/2%2]
		}
		got, want := Coverage(m, region), sliced(m, region)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-9 {
				t.Fatalf("trial %d, region %v: cell %d of %d×%d: %v, want %v", trial, region, i, w, h, got[i], want[i])
			}
		}
	}
}

// BenchmarkMeasure is the share of an outline of forty corners in a map with a value
// per pixel.
func BenchmarkMeasure(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	m := &attribution.Map{Width: 224, Height: 224, Values: make([]float32, 224*224), Geometry: imaging.Geometry{
		InputWidth: 224, InputHeight: 224, DisplayWidth: 500, DisplayHeight: 400, Matrix: [6]float64{500. / 224, 0, 0, 0, 400. / 224, 0}}}
	for i := range m.Values {
		m.Values[i] = float32(r.NormFloat64())
	}
	region := Region{star(r, 250, 200, 200, 40, false)}
	for b.Loop() {
		Measure(m, region)
	}
}
