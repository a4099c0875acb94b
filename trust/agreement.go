package trust

import (
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/metrics"
)

// Agreement is the rank correlation (Spearman) of two maps of one image, in
// [−1, 1], the finer of them averaged over the cells of the coarser, along each
// side apart. Methods that agree may all be wrong, so a verdict never looks at it.
func Agreement(a, b *attribution.Map) (float64, error) {
	if a.Geometry.DisplayWidth != b.Geometry.DisplayWidth || a.Geometry.DisplayHeight != b.Geometry.DisplayHeight {
		return 0, fmt.Errorf("compare maps of images of %d×%d and %d×%d pixels", a.Geometry.DisplayWidth, a.Geometry.DisplayHeight, b.Geometry.DisplayWidth, b.Geometry.DisplayHeight)
	}
	return metrics.Spearman(common(a, b)), nil
}

// Agreements is Agreement of every pair: a symmetric matrix with ones on its
// diagonal, in the order of the maps.
func Agreements(maps []*attribution.Map) ([][]float64, error) {
	out := make([][]float64, len(maps))
	for i := range maps {
		out[i] = make([]float64, len(maps))
		out[i][i] = 1
		for j := range i {
			r, err := Agreement(maps[i], maps[j])
			if err != nil {
				return nil, err
			}
			out[i][j], out[j][i] = r, r
		}
	}
	return out, nil
}

// common returns the values of both maps on the coarser grid.
func common(a, b *attribution.Map) (x, y []float32) {
	width, height := min(a.Width, b.Width), min(a.Height, b.Height)
	return pool(a.Values, a.Width, a.Height, width, height), pool(b.Values, b.Width, b.Height, width, height)
}
