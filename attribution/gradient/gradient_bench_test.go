package gradient

import (
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testdata"
)

// BenchmarkIntegratedPerGradient: Integrated Gradients with 32 steps beside the
// gradients of 32 images. The limit is 1.2.
func BenchmarkIntegratedPerGradient(b *testing.B) {
	model := testkit.Open(b, testdata.Architecture(b, "resnet18"))
	var many []attribution.Request
	for range 4 {
		rs, _ := testkit.EightInputs(model)
		many = append(many, rs...)
	}
	for i := range many {
		many[i].Ranking = []int{0, 1} // a class given: no forward pass to find it
	}
	targets := []attribution.Target{{Kind: attribution.OneClass, Class: 7}}
	testkit.Ratio(b, "×32-gradients", func() error {
		_, errs := IntegratedGradients{Steps: 32}.ExplainBatch(b.Context(), model, many[:1], targets, nil)
		return errs[0]
	}, func() error {
		_, errs := Gradient{}.ExplainBatch(b.Context(), model, many, targets, nil)
		return errs[0]
	})
}
