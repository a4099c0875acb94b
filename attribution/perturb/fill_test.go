package perturb

import (
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// Whatever replaces a hidden place, the effect of a cell in an additive model is
// what its pixels contribute beyond the fill.
func TestEveryFillIsWhatHiddenPlacesGet(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		l := testkit.NewLinear(3, 16, 16, 2, layout)
		r := l.Request()
		r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
		for _, text := range []string{"mean", "black", "blur", "124,116,104", "10,200,30"} {
			fill, err := attribution.ParseFill(text, &p)
			if err != nil {
				t.Fatal(err)
			}
			hidden := make([]float32, len(r.Input))
			if plane, err := fill.Plane(l, r.Input); err != nil {
				t.Fatal(err)
			} else if plane != nil {
				hidden = plane
			}
			worth := make([]float64, 16)
			for i, w := range l.Weights[1] {
				pixel := i % 256
				if layout == imaging.NHWC {
					pixel = i / 3
				}
				worth[pixel/16/4*4+pixel%16/4] += float64(w) * float64(r.Input[i]-hidden[i])
			}
			r.Fill = fill
			for _, m := range []attribution.Method{Occlusion{Grid: 4, Window: 1}, Factorial{Grid: 4, Runs: 1, Hard: true}, KernelSHAP{Grid: 4, Samples: 300}} {
				for c, v := range testkit.Explain(t, m, l, r).Values {
					if math.Abs(float64(v)-worth[c]) > 2e-4 {
						t.Fatalf("%s, %s, fill %s, cell %d: %v, want %v", m.Name(), layout, text, c, v, worth[c])
					}
				}
			}
		}
	}
}
