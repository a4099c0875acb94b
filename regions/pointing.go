package regions

import (
	"math"

	"github.com/sightline/sightline/attribution"
)

// PointingTolerance is how near to a region, in displayed pixels, a map's highest
// place must lie to count as a hit (TorchRay).
const PointingTolerance = 15

// Hit plays the pointing game with one map (Zhang et al., "Top-down neural
// attention by excitation backprop", 2016): whether the distance from the centre
// of the map's highest cell to the region is strictly less than tolerance, in
// displayed pixels; 0 asks that it lie inside. False for a map without a finite
// value and for an empty region.
func Hit(m *attribution.Map, region Region, tolerance float64) bool {
	peak, ok := m.Hottest()
	if !ok {
		return false
	}
	return region.Contains(peak.X, peak.Y) || region.Distance(peak.X, peak.Y) < tolerance
}

// Distance is how far a point is from the region, in displayed pixels: 0 inside,
// infinite for an empty region.
func (r Region) Distance(x, y float64) float64 {
	if r.Contains(x, y) {
		return 0
	}
	nearest := math.Inf(1)
	for _, p := range r {
		for i := 0; i+1 < len(p); i += 2 {
			j := (i + 2) % len(p)
			nearest = math.Min(nearest, toSegment(x, y, p[i], p[i+1], p[j], p[j+1]))
		}
	}
	return nearest
}

// toSegment is the distance from (x, y) to the line from (x0, y0) to (x1, y1).
func toSegment(x, y, x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = math.Min(1, math.Max(0, ((x-x0)*dx+(y-y0)*dy)/length))
	}
	return math.Hypot(x-x0-along*dx, y-y0-along*dy)
}

// Pointing counts the hits and misses of the pointing game per class. The zero
// value is ready.
type Pointing struct {
	hits, played map[int]int
}

// Add counts one map of a class.
func (p *Pointing) Add(class int, hit bool) {
	if p.played == nil {
		p.hits, p.played = map[int]int{}, map[int]int{}
	}
	p.played[class]++
	if hit {
		p.hits[class]++
	}
}

// Class is the share of hits among a class's maps; ok is false if it has none.
func (p *Pointing) Class(class int) (accuracy float64, ok bool) {
	n := p.played[class]
	return share(float64(p.hits[class]), float64(n)), n > 0
}

// Accuracy is the mean of the classes' accuracies, so that every class weighs the
// same (TorchRay); classes without a map are left out. 0 if there is no map.
func (p *Pointing) Accuracy() float64 {
	sum := 0.0
	for class, n := range p.played {
		sum += float64(p.hits[class]) / float64(n)
	}
	return share(sum, float64(len(p.played)))
}
