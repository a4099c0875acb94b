package methods

import (
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/gradient"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testmodel"
)

// TestGradientFamilyIsTheSameInAnyBatch: alone, with other samples and targets, and
// in pieces of any size, the same seed gives the same map.
func TestGradientFamilyIsTheSameInAnyBatch(t *testing.T) {
	s := testkit.Open(t, testmodel.Write(t, testmodel.Options{}))
	source := rand.New(rand.NewPCG(4, 8))
	var rs []attribution.Request
	for i := range 3 {
		r := testkit.PlainRequest(s, testkit.Random(source, s.InputLen()))
		r.Seed, r.Batch, r.Baselines = 5, []int{1, 7, 64}[i], [][]float32{testkit.Random(source, s.InputLen())}
		rs = append(rs, r)
	}
	targets := []attribution.Target{{}, {Kind: attribution.Contrast}}
	for _, m := range []attribution.Method{gradient.Gradient{}, gradient.InputXGradient{}, gradient.IntegratedGradients{}, gradient.SmoothGrad{}, gradient.VarGrad{}, gradient.ExpectedGradients{}, cam.GradCAM{}, cam.HiResCAM{}, cam.EigenCAM{}} {
		together, errs := m.ExplainBatch(t.Context(), s, rs, targets, nil)
		for i, r := range rs {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			for k, target := range targets {
				r.Target = target
				alone := testkit.Explain(t, m, s, r)
				if d := testkit.Distance(together[i][k].Values, alone.Values); !(d <= 1e-6) {
					t.Errorf("%s, sample %d, %s: alone and together differ by %.2g", m.Name(), i, target, d)
				}
			}
		}
		r := rs[0]
		if r.Seed = 6; m.Name() == "smoothgrad" && testkit.Distance(testkit.Explain(t, m, s, r).Values, together[0][0].Values) < 1e-3 {
			t.Error("another seed gives the same SmoothGrad")
		}
	}
}
