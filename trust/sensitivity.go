package trust

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sightline/sightline/attribution"
)

// SensitivityOptions are those of MaxSensitivity; the zero value has the defaults.
type SensitivityOptions struct {
	Radius  float64 // of the perturbation, in standard deviations of the input's values; 0 means 0.02
	Samples int     // perturbed inputs; 0 means 10
	Seed    uint64
}

// Sensitivity is how much a map changes when its image hardly does.
type Sensitivity struct {
	Max     float64 `json:"max"`    // the largest relative change
	Mean    float64 `json:"mean"`   // the mean one
	Radius  float64 `json:"radius"` // in the units of the model's input
	Samples int     `json:"samples"`
}

// MaxSensitivity is the largest ‖Φ(x+δ) − Φ(x)‖₂ ÷ ‖Φ(x)‖₂ over inputs x+δ drawn
// uniformly with |δᵢ| ≤ radius (Yeh et al., "On the (in)fidelity and sensitivity of
// explanations", 2019, estimated from samples and made relative as Captum does).
// 0 means that the map does not move. Captum's radius of 0.02 is for inputs of
// standard deviation 1; here it is a share of the input's own.
//
// explain makes the map of an input. It must explain the same class each time
// (attribution.OneClass), else the figure measures the prediction, not the map,
// and use the same seed.
func MaxSensitivity(ctx context.Context, input []float32, explain func(ctx context.Context, input []float32) (*attribution.Map, error), o SensitivityOptions) (Sensitivity, error) {
	if o.Radius <= 0 {
		o.Radius = 0.02
	}
	if o.Samples <= 0 {
		o.Samples = 10
	}
	result := Sensitivity{Radius: o.Radius * deviation(input), Samples: o.Samples}
	base, err := explain(ctx, input)
	if err != nil {
		return Sensitivity{}, err
	}
	if base.Degenerate != "" {
		return Sensitivity{}, fmt.Errorf("sensitivity of a map that is %s", base.Degenerate)
	}
	size := norm(base.Values, nil)
	r := rand.New(rand.NewPCG(o.Seed, 2))
	moved := make([]float32, len(input))
	for range o.Samples {
		for i, v := range input {
			moved[i] = v + float32(result.Radius*(2*r.Float64()-1))
		}
		m, err := explain(ctx, moved)
		if err != nil {
			return Sensitivity{}, err
		}
		if len(m.Values) != len(base.Values) {
			return Sensitivity{}, fmt.Errorf("sensitivity: maps of %d and of %d values", len(base.Values), len(m.Values))
		}
		change := norm(m.Values, base.Values) / size
		result.Max = math.Max(result.Max, change)
		result.Mean += change / float64(o.Samples)
	}
	return result, nil
}

// norm is ‖a−b‖₂; b may be nil for zeros.
func norm(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v)
		if b != nil {
			d -= float64(b[i])
		}
		sum += d * d
	}
	return math.Sqrt(sum)
}

// deviation is the standard deviation of values; 1 where they are all the same.
func deviation(values []float32) float64 {
	var sum, square float64
	for _, v := range values {
		sum += float64(v)
	}
	mean := sum / float64(len(values))
	for _, v := range values {
		square += (float64(v) - mean) * (float64(v) - mean)
	}
	if square == 0 {
		return 1
	}
	return math.Sqrt(square / float64(len(values)))
}
