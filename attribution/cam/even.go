package cam

import (
	"context"
	"math"

	"github.com/sightline/sightline/attribution"
)

// evenly is the share of the largest slope by which slopes at different places may differ and
// still count as the same: they are computed in float32.
const evenly = 1e-3

// Even reports whether the scores' gradient at the layer is the same at all of its places, for
// random values there: the head averages over places before anything else. Grad-CAM and
// HiResCAM are then the same map.
func Even(ctx context.Context, d attribution.Differentiable, l Layer) (bool, error) {
	_, gradient, err := randomPass(ctx, d, l)
	if err != nil {
		return false, err
	}
	largest, apart := 0.0, 0.0
	plane := make([]float64, l.Grid.Height*l.Grid.Width)
	for c := range l.Grid.Channels {
		l.Grid.Plane(gradient, c, plane)
		for _, v := range plane {
			largest, apart = max(largest, math.Abs(v)), max(apart, math.Abs(v-plane[0]))
		}
	}
	return apart <= evenly*largest, nil
}
