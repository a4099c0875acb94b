package worker

import (
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/task"
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
		cores       int
		perSample   int64
		input, want int
	}{
		{dynamic(8), 2, 0, 1, 32}, {dynamic(32), 2, 0, 1, 64}, {dynamic(8), 8, 0, 1, 64}, {dynamic(32), 64, 0, 1, 128}, {dynamic(1), 16, 0, 1, 32}, {fixed, 2, 0, 1, 32},
		{dynamic(32), 4, 100 << 20, 1, 32}, {dynamic(32), 2, 0, 3 << 22, 2},
	} {
		if got := perturbedBatch(c.spec, c.cores, task.DefaultMemory, c.perSample, c.input); got != c.want {
			t.Errorf("recommended %d, %d cores, %d bytes, %d values: batches of %d, want %d", c.spec.Batch.Recommended, c.cores, c.perSample, c.input, got, c.want)
		}
	}
}
