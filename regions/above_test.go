package regions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// The region has the points at which a plain bilinear reading is above half of the largest value.
func TestAboveAgainstPointwiseReading(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := &attribution.Map{Width: 5, Height: 4, Values: make([]float32, 20),
		Geometry: imaging.Geometry{InputWidth: 5, InputHeight: 4, DisplayWidth: 100, DisplayHeight: 80, Matrix: [6]float64{20, 0, 0, 0, 20, 0}}}
	most := 0.0
	for i := range m.Values {
		m.Values[i] = float32(r.Float64())
		most = math.Max(most, float64(m.Values[i]))
	}
	region := Above(m, 0.5)
	for range 2000 {
		// The middles of quarter cells, which are 5 pixels wide.
		x, y := float64(r.IntN(20))*5+2.5, float64(r.IntN(16))*5+2.5
		sum := 0.0
		for row := range 4 {
			for column := range 5 {
				px, py := math.Min(math.Max(x/20-0.5, 0), 4), math.Min(math.Max(y/20-0.5, 0), 3)
				sum += float64(m.Values[row*5+column]) * math.Max(0, 1-math.Abs(px-float64(column))) * math.Max(0, 1-math.Abs(py-float64(row)))
			}
		}
		if want := sum > 0.5*most; math.Abs(sum-0.5*most) > 1e-9 && region.Contains(x, y) != want {
			t.Fatalf("at %v, %v the value is %.3f of %.3f; inside: %v", x, y, sum, most, !want)
		}
	}
	if flat := Above(&attribution.Map{Width: 2, Height: 1, Values: []float32{0, -1}}, 0.5); flat != nil {
		t.Errorf("nothing is above zero, and yet %v", flat)
	}
}
