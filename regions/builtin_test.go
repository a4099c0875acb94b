package regions

import (
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// The areas are those the document states, the grid tiles the image, and a map
// without opinion has of every region its area.
func TestBuiltinRegions(t *testing.T) {
	m := &attribution.Map{Width: 30, Height: 20, Values: make([]float32, 600)}
	for i := range m.Values {
		m.Values[i] = 1
	}
	g := imaging.Geometry{InputWidth: 300, InputHeight: 200, DisplayWidth: 300, DisplayHeight: 200, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}
	m.Geometry = g.Scaled(30, 20)
	grid := 0.0
	areas := map[string]float64{}
	for _, r := range Builtin(300, 200) {
		mass := Measure(m, r.Region)
		areas[r.Name] = mass.Area
		if math.Abs(mass.Share-mass.Area) > 1e-6 || math.Abs(mass.Area-r.Region.Area()/60000) > 1e-6 {
			t.Errorf("%s: %+v of %v square pixels", r.Name, mass, r.Region.Area())
		}
		if len(r.Name) > 4 && r.Name[:4] == "grid" {
			grid += mass.Area
		}
	}
	if math.Abs(areas["border"]-0.36) > 1e-6 || math.Abs(areas["center"]-0.25) > 1e-6 || math.Abs(areas["corners"]-0.25) > 1e-6 || math.Abs(grid-1) > 1e-6 || len(areas) != 12 {
		t.Errorf("areas %v, the grid's sum %v", areas, grid)
	}
	for _, at := range [][2]float64{{1, 1}, {74, 49}, {226, 1}, {1, 151}, {299, 199}, {226, 151}} {
		if corners := Builtin(300, 200)[2]; corners.Name != "corners" || !corners.Region.Contains(at[0], at[1]) || corners.Region.Contains(150, at[1]) || corners.Region.Contains(at[0], 100) {
			t.Errorf("the corners at %v are %+v", at, corners)
		}
	}
	corner := Builtin(300, 200)[3]
	if corner.Name != "grid 1,1" || !corner.Region.Contains(1, 1) || corner.Region.Contains(150, 1) {
		t.Errorf("the first cell is %+v", corner)
	}
}
