package regions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// TestMapsWhoseCellsLieElsewhere compares coverage, shares and rasters with counting points of the
// image, each of which belongs to the cell whose middle is nearest, of a map that is not spread evenly.
func TestMapsWhoseCellsLieElsewhere(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	input := imaging.Geometry{InputWidth: 48, InputHeight: 40, DisplayWidth: 96, DisplayHeight: 40, Matrix: [6]float64{2, 0, 0, 0, 1, 0}}
	m := &attribution.Map{Width: 6, Height: 5, Geometry: input.Laid(6, 5, imaging.Line{First: 0, Step: 8}, imaging.Line{First: 6, Step: 8}), Values: make([]float32, 30)}
	for i := range m.Values {
		m.Values[i] = r.Float32()
	}
	region := Region{star(r, 40, 18, 50, 7, false)}
	const parts = 8 // points of a pixel, a side
	inside, all := make([]float64, 30), make([]float64, 30)
	quarters := make([]float64, 4)
	for i := range 96 * parts * 40 * parts {
		px, py := i%(96*parts), i/(96*parts)
		x, y := (float64(px)+0.5)/parts, (float64(py)+0.5)/parts
		column, row := int(math.Round((x/2-0.5)/8)), int(math.Round((y-6.5)/8))
		cell := max(0, min(4, row))*6 + max(0, min(5, column))
		all[cell]++
		if region.Contains(x, y) {
			inside[cell]++
		}
	}
	share, area, positive, whole := 0.0, 0.0, 0.0, 0.0
	for i, got := range Coverage(m, region) {
		if want := inside[i] / all[i]; math.Abs(got-want) > 0.01 {
			t.Errorf("cell %d: covered by %.4f, want %.4f", i, got, want)
		}
		v := float64(m.Values[i])
		share, area, positive, whole = share+v*inside[i]/all[i], area+inside[i], positive+v, whole+all[i]
	}
	if got := Measure(m, region); math.Abs(got.Share-share/positive) > 0.002 || math.Abs(got.Area-area/whole) > 0.002 {
		t.Errorf("%+v, want a share of %.4f and an area of %.4f", got, share/positive, area/whole)
	}
	shares, _ := Raster(m, Frame{Right: 96, Bottom: 40, Columns: 2, Rows: 2})
	for i := range quarters {
		left, top := float64(i%2)*48, float64(i/2)*20
		if want := Measure(m, Box(left, top, left+48, top+20)).Share; math.Abs(float64(shares[i])-want) > 1e-6 {
			t.Errorf("quarter %d: %.6f, want %.6f", i, shares[i], want)
		}
	}
	if got := Above(m, -1).Area(); math.Abs(got-96*40) > 1e-6 {
		t.Errorf("all that is above −1 covers %.2f of %d pixels", got, 96*40)
	}
}
