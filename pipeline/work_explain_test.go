package pipeline

import (
	"testing"

	"github.com/sightline/sightline/classifier"
)

// Perturbed inputs come in batches that keep every core busy, within bounds.
func TestPerturbedBatch(t *testing.T) {
	dynamic := func(recommended int) *classifier.Spec {
		s := &classifier.Spec{}
		s.Batch.Recommended = recommended
		return s
	}
	fixed := dynamic(8)
	fixed.Batch.Mode, fixed.Batch.Fixed = classifier.Fixed, 1
	for _, c := range []struct {
		spec        *classifier.Spec
		cores, want int
	}{{dynamic(8), 2, 32}, {dynamic(32), 2, 64}, {dynamic(8), 8, 64}, {dynamic(32), 64, 128}, {dynamic(1), 16, 32}, {fixed, 2, 32}} {
		if got := perturbedBatch(c.spec, c.cores); got != c.want {
			t.Errorf("recommended %d, %d cores: batches of %d, want %d", c.spec.Batch.Recommended, c.cores, got, c.want)
		}
	}
}
