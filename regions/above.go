package regions

import (
	"math"

	"github.com/sightline/sightline/attribution"
)

// aboveStep is how many parts of a cell, a side, Above tells apart.
const aboveStep = 4

// Above is the region in which a map's values, read between the middles of its cells as straight
// lines in both directions (bilinear), are above a share of its largest value; nil where no value
// is above zero. It is made of boxes of a quarter of a cell's side, in displayed pixels.
func Above(m *attribution.Map, share float64) Region {
	most := 0.0
	for _, v := range m.Values[:m.Width*m.Height] {
		most = math.Max(most, float64(v))
	}
	if most <= 0 {
		return nil
	}
	var cells Region
	left, top, right, bottom := m.Geometry.Bounds()
	end := int(math.Ceil(right * aboveStep))
	for y := int(math.Floor(top * aboveStep)); y < int(math.Ceil(bottom*aboveStep)); y++ {
		from, inside := 0, false
		for x := int(math.Floor(left * aboveStep)); x <= end; x++ {
			in := x < end && bilinear(m, (float64(x)+0.5)/aboveStep, (float64(y)+0.5)/aboveStep) > share*most
			if in && !inside {
				from, inside = x, true
			}
			if !in && inside {
				cells = append(cells, Box(float64(from)/aboveStep, float64(y)/aboveStep, float64(x)/aboveStep, float64(y+1)/aboveStep)[0])
				inside = false
			}
		}
	}
	return cells.Within(left, top, right, bottom).mapped(m.Geometry.Apply).Within(0, 0, float64(m.Geometry.DisplayWidth), float64(m.Geometry.DisplayHeight))
}

// bilinear is a map's value at a point of its cells, whose middles are at +0.5; beyond the outermost
// middles it stays as it is there.
func bilinear(m *attribution.Map, x, y float64) float64 {
	x0, right, fx := beside(x, m.Width)
	y0, below, fy := beside(y, m.Height)
	at := func(x, y int) float64 { return float64(m.Values[y*m.Width+x]) }
	return (at(x0, y0)*(1-fx)+at(right, y0)*fx)*(1-fy) + (at(x0, below)*(1-fx)+at(right, below)*fx)*fy
}

func beside(x float64, n int) (first, second int, share float64) {
	x = math.Min(math.Max(x-0.5, 0), float64(n-1))
	first = int(x)
	return first, min(first+1, n-1), x - float64(first)
}
