package compare

import (
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// What a difference of two maps is measured by.
const (
	ByRegions = "regions" // of the dataset: the largest change of a region's share
	ByGrid    = "grid"    // 3×3: the share that would have to move
)

// LeastMoved is the difference that counts as another reason at least, whatever chance does.
const LeastMoved = 0.2

// ByChance is how many of the differences that mean nothing lie above the null's point.
const ByChance = 0.05

// FewNull is how many differences a null must have at least: 1 ÷ ByChance.
const FewNull = 20

// FewRight is how many images that both have right a class must have for figures of its own.
const FewRight = 25

// Shares is what one map says of regions: shares of what is positive, by name.
type Shares struct {
	Own  map[string]float64 // of the dataset's regions
	Grid map[string]float64 // of the cells of a grid on the whole image
}

// MeasureOf is by what the maps of pairs are compared: by the dataset's regions where any pair
// has one in common, else by the grid.
func MeasureOf(pairs [][2]Shares) string {
	for _, p := range pairs {
		for name := range p[0].Own {
			if _, both := p[1].Own[name]; both {
				return ByRegions
			}
		}
	}
	return ByGrid
}

// Moved is how far two maps of one image differ, in [0, 1]. ok is false where there is nothing to
// measure by.
func Moved(a, b Shares, measure string) (difference float64, ok bool) {
	if measure == ByRegions {
		for name, share := range a.Own {
			if other, both := b.Own[name]; both {
				difference, ok = max(difference, math.Abs(share-other)), true
			}
		}
		return difference, ok
	}
	for name, share := range a.Grid {
		other, both := b.Grid[name]
		if !both {
			return 0, false
		}
		difference, ok = difference+math.Abs(share-other)/2, true
	}
	return difference, ok
}

// Point is the 95 % point of differences that mean nothing: the smallest of them that so many
// are not above; 1, which nothing exceeds, where there are fewer than FewNull.
func Point(null []float64) float64 {
	if len(null) < FewNull {
		return 1
	}
	sorted := slices.Sorted(slices.Values(null))
	return sorted[int(math.Ceil((1-ByChance)*float64(len(sorted))))-1]
}

// Excess is how many of n images are decided for another reason, and how many more that are than
// chance would have.
type Excess struct {
	N, Count int
	Expected float64        // by chance, ByChance of n
	Excess   stats.Estimate // share of the images beyond ByChance, with Wilson's interval
}

// Exceeding counts the differences above both the null's point and LeastMoved.
func Exceeding(differences []float64, point float64) Excess {
	e := Excess{N: len(differences)}
	for _, d := range differences {
		if Other(d, point) {
			e.Count++
		}
	}
	e.Expected = ByChance * float64(e.N)
	e.Excess = stats.Estimate{N: e.N, Known: e.N > 0}
	if e.N > 0 {
		low, high := stats.Wilson(e.Count, e.N, stats.Level)
		e.Excess.Mean, e.Excess.Low, e.Excess.High = float64(e.Count)/float64(e.N)-ByChance, low-ByChance, high-ByChance
	}
	return e
}

// Other tells whether a difference is that of another reason.
func Other(difference, point float64) bool { return difference > max(point, LeastMoved) }
