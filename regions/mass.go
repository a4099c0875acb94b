package regions

import (
	"math"

	"github.com/sightline/sightline/attribution"
)

// Mass is how much of a map lies in a region. Only the part of the image that
// the model saw counts (a centre crop cuts the rest away).
type Mass struct {
	Share    float64 `json:"share"`    // of the map's positive values that lies inside, in [0, 1]; 0 if it has none
	Area     float64 `json:"area"`     // share of the seen image that the region covers, in [0, 1]
	Ratio    float64 `json:"ratio"`    // Share ÷ Area: 1 is what a map without opinion has; 0 if Area is 0
	Negative float64 `json:"negative"` // share of the negative values that lies inside
	Hottest  bool    `json:"hottest"`  // whether the centre of the highest cell lies inside (the pointing game)
}

// Measure shares a map out between a region and the rest. A cell that the
// region's outline cuts counts by the exact area of its part inside. Sign
// convention: positive values speak for the explained target, and only they
// make up Share; NaN and infinities count as nothing.
func Measure(m *attribution.Map, region Region) Mass {
	covered := Coverage(m, region)
	seen := Coverage(m, Box(0, 0, float64(m.Geometry.DisplayWidth), float64(m.Geometry.DisplayHeight)))
	across, down := sides(m)
	var positive, negative, inPositive, inNegative, area, whole float64
	for i, v := range m.Values {
		size := across.length(i%m.Width) * down.length(i/m.Width)
		area += size * covered[i]
		whole += size * seen[i]
		x := float64(v)
		if math.IsInf(x, 0) {
			continue
		}
		if x > 0 {
			positive += x
			inPositive += x * covered[i]
		} else if x < 0 {
			negative -= x
			inNegative -= x * covered[i]
		}
	}
	result := Mass{Share: share(inPositive, positive), Negative: share(inNegative, negative), Area: share(area, whole)}
	result.Ratio = share(result.Share, result.Area)
	if peak, ok := m.Hottest(); ok {
		result.Hottest = region.Contains(peak.X, peak.Y)
	}
	return result
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}
