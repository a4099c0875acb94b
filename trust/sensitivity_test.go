package trust

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
)

// itself is a map that is the input times a factor.
func itself(factor float32) func(context.Context, []float32) (*attribution.Map, error) {
	return func(_ context.Context, x []float32) (*attribution.Map, error) {
		m := &attribution.Map{Width: len(x), Height: 1}
		for _, v := range x {
			m.Values = append(m.Values, factor*v)
		}
		return m, nil
	}
}

func TestMaxSensitivityByItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, 500)
	for i := range x {
		x[i] = float32(3 * r.NormFloat64())
	}
	o := SensitivityOptions{Radius: 0.1, Samples: 7, Seed: 5}
	var seen [][]float32
	got, err := MaxSensitivity(context.Background(), x, func(ctx context.Context, in []float32) (*attribution.Map, error) {
		seen = append(seen, append([]float32(nil), in...))
		return itself(-4)(ctx, in)
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Radius-0.1*deviation(x)) > 1e-12 || math.Abs(deviation(x)-3) > 0.3 || len(seen) != 8 {
		t.Errorf("radius %v, deviation %v, %d maps", got.Radius, deviation(x), len(seen))
	}
	largest, mean, far := 0.0, 0.0, 0.0
	for _, in := range seen[1:] {
		change, size := 0.0, 0.0
		for i := range x {
			d := float64(in[i]) - float64(x[i])
			far = math.Max(far, math.Abs(d))
			change += d * d
			size += float64(x[i]) * float64(x[i])
		}
		largest = math.Max(largest, math.Sqrt(change/size))
		mean += math.Sqrt(change/size) / 7
	}
	if math.Abs(got.Max-largest) > 1e-6 || math.Abs(got.Mean-mean) > 1e-6 {
		t.Errorf("%v and %v, want %v and %v", got.Max, got.Mean, largest, mean)
	}
	if far > got.Radius*(1+1e-6) || far < 0.95*got.Radius {
		t.Errorf("the farthest value moved %v, the radius is %v", far, got.Radius)
	}
	again, _ := MaxSensitivity(context.Background(), x, itself(2), o) // relative: a factor does not matter
	if math.Abs(again.Max-got.Max) > 1e-6 {
		t.Errorf("another factor: %v, want %v", again.Max, got.Max)
	}
}

func TestMaxSensitivityOfMapsThatStay(t *testing.T) {
	x := []float32{1, 2, 3, 4}
	still := func(context.Context, []float32) (*attribution.Map, error) { return itself(1)(context.Background(), x) }
	if got, err := MaxSensitivity(context.Background(), x, still, SensitivityOptions{}); err != nil || got.Max != 0 || got.Samples != 10 {
		t.Errorf("%+v, %v", got, err)
	}
	empty := func(context.Context, []float32) (*attribution.Map, error) {
		return &attribution.Map{Values: make([]float32, 4), Degenerate: "zero"}, nil
	}
	if _, err := MaxSensitivity(context.Background(), x, empty, SensitivityOptions{}); err == nil {
		t.Error("a degenerate map has a sensitivity")
	}
	fails := errors.New("no")
	if _, err := MaxSensitivity(context.Background(), x, func(context.Context, []float32) (*attribution.Map, error) { return nil, fails }, SensitivityOptions{}); !errors.Is(err, fails) {
		t.Errorf("error %v", err)
	}
}
