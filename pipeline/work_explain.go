package pipeline

import (
	"context"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
)

// scorer lets an attribution method run a model on all cores. before is called
// ahead of every piece; chunks yield to calls there.
type scorer struct {
	*classifier.Classifier
	cores  cores
	budget budget
	before func(context.Context) error
}

// scorer makes one of a model; before is called ahead of every piece.
func (w *processor) scorer(model *classifier.Classifier, before func(context.Context) error) scorer {
	return scorer{model, w.cores, w.budget, before}
}

// atOnce is for calls: nothing goes before them.
func atOnce(context.Context) error { return nil }

// Score implements attribution.Scorer: pieces of the model's own batch, side by
// side.
func (s scorer) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(s.cores))
	classes, size := s.Classes(), s.InputLen()
	piece := s.piece(n, s.BytesPerSample())
	logits := make([]float32, n*classes)
	for first := 0; first < n; first += piece {
		group.Go(func() error {
			if err := s.before(ctx); err != nil {
				return err
			}
			if err := s.cores.acquire(ctx); err != nil {
				return err
			}
			defer s.cores.release()
			count := min(piece, n-first)
			got, err := s.Classifier.Score(ctx, inputs[first*size:(first+count)*size], count)
			copy(logits[first*classes:], got)
			return err
		})
	}
	return logits, group.Wait()
}

// piece is how many of n inputs go into a run that takes so much memory per sample.
func (s scorer) piece(n int, perSample int64) int {
	return pieceOf(s.Spec(), n, cap(s.cores), s.budget, perSample)
}

// pieceOf divides n inputs among cores, in pieces no longer than the model's batch
// nor than what the budget allows for runs that take so much memory per sample.
func pieceOf(spec *classifier.Spec, n, cores int, b budget, perSample int64) int {
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
func perturbedBatch(spec *classifier.Spec, cores int, b budget, perSample int64, input int) int {
	wanted := max(attribution.DefaultBatch, cores*pieceOf(spec, mostAtOnce*cores, cores, b, perSample))
	return min(mostAtOnce, wanted, b.waiting(int64(2*4*input)))
}

func (s scorer) perturbedBatch() int {
	return perturbedBatch(s.Spec(), cap(s.cores), s.budget, s.BytesPerSample(), s.InputLen())
}

// explainOne makes one map, from what the model said before where it can.
func (w *processor) explainOne(ctx context.Context, s scorer, r explainRequest, progress func(attribution.Snapshot)) (*attribution.Map, error) {
	it := r.Item
	method, request, err := r.request(&s.Spec().Preprocessing)
	if err != nil {
		return nil, err
	}
	if method, err = methods.Chosen(ctx, method, s); err != nil {
		return nil, err
	}
	input, geometry, err := loadInput(s, it.File)
	if err != nil {
		return nil, err
	}
	request.Input, request.Geometry, request.Truth, request.Ranking = input, geometry, it.Truth, it.Ranking
	if !method.Card().Batched {
		request.Batch = s.perturbedBatch() // takes a look at the whole graph, once
	}
	if request.Baselines, err = loadBaselines(s, r.Baselines); err != nil {
		return nil, err
	}
	key := keyOf(r.mapRequest, it)
	request.Cached = w.evidences.take(key)
	defer w.evidences.put(key, request.Cached)
	m, err := attribution.Explain(ctx, method, s, request, progress)
	if err != nil {
		return nil, err
	}
	return sendable(m), nil
}

// loadInput decodes and preprocesses a file for the scorer's model.
func loadInput(s scorer, file string) (input []float32, g imaging.Geometry, err error) {
	im, err := loadImage(file)
	if err != nil {
		return nil, g, &jobs.Coded{Code: CodeImage, Message: fmt.Sprintf("%s: %v", file, err)}
	}
	defer im.Release()
	input = make([]float32, s.InputLen())
	g, err = s.Preprocess(im, input)
	return input, g, err
}

// sendable replaces figures that JSON cannot carry; Degenerate tells of them.
func sendable(m *attribution.Map) *attribution.Map {
	for _, f := range []*float64{&m.Score, &m.Correlation, &m.Gap} {
		if math.IsNaN(*f) || math.IsInf(*f, 0) {
			*f = 0
			if m.Degenerate == "" {
				m.Degenerate = "not finite"
			}
		}
	}
	return m
}
