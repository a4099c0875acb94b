package worker

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
)

// Scorer lets an attribution method run a model on all cores. before is called
// ahead of every piece; chunks yield to calls there.
type Scorer struct {
	*classifier.Classifier
	cores  Cores
	budget Budget
	before func(context.Context) error
}

// Scorer makes a scorer of a model; before is called ahead of every piece.
func (w *Worker) Scorer(model *classifier.Classifier, before func(context.Context) error) Scorer {
	return Scorer{model, w.Cores, w.Budget, before}
}

// AtOnce is for calls: nothing goes before them.
func AtOnce(context.Context) error { return nil }

// Score implements attribution.Scorer: pieces of the model's own batch, side by
// side.
func (s Scorer) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.cores.Count())
	classes, size := s.Classes(), s.InputLen()
	piece := s.piece(n, s.BytesPerSample())
	logits := make([]float32, n*classes)
	for first := 0; first < n; first += piece {
		group.Go(func() error {
			if err := s.before(ctx); err != nil {
				return err
			}
			release, err := s.cores.Acquire(ctx)
			if err != nil {
				return err
			}
			defer release()
			count := min(piece, n-first)
			got, err := s.Classifier.Score(ctx, inputs[first*size:(first+count)*size], count)
			copy(logits[first*classes:], got)
			return err
		})
	}
	return logits, group.Wait()
}

// piece is how many of n inputs go into a run that takes so much memory per sample.
func (s Scorer) piece(n int, perSample int64) int {
	return pieceOf(s.Spec(), n, s.cores.Count(), s.budget, perSample)
}

// pieceOf divides n inputs among cores, in pieces no longer than the model's batch
// nor than what the budget allows for runs that take so much memory per sample.
func pieceOf(spec *classifier.Spec, n, cores int, b Budget, perSample int64) int {
	if spec.Batch.Mode == classifier.Fixed {
		return max(1, spec.Batch.Fixed)
	}
	return max(1, min(spec.Batch.Recommended, (n+cores-1)/cores, b.piece(perSample, cores)))
}

// mostAtOnce bounds how many perturbed inputs wait in memory: twice that many, as
// the next batch is made while one runs, 154 MB at 3×224×224.
const mostAtOnce = 128

// perturbedBatch is how many perturbed inputs a method gives at once, such that every
// core has a batch of the length that suits the model, and the budget holds them.
// input is the number of values of one.
func perturbedBatch(spec *classifier.Spec, cores int, b Budget, perSample int64, input int) int {
	wanted := max(attribution.DefaultBatch, cores*pieceOf(spec, mostAtOnce*cores, cores, b, perSample))
	return min(mostAtOnce, wanted, b.Waiting(int64(2*4*input)))
}

// PerturbedBatch is how many perturbed inputs a method should give at once. It takes a
// look at the whole graph, once.
func (s Scorer) PerturbedBatch() int {
	return perturbedBatch(s.Spec(), s.cores.Count(), s.budget, s.BytesPerSample(), s.InputLen())
}
