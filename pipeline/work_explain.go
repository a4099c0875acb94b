package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/workspace"
)

// scorer lets an attribution method run a model on all cores. before is called
// ahead of every piece; chunks yield to calls there.
type scorer struct {
	*classifier.Classifier
	cores  cores
	before func(context.Context) error
}

// Score implements attribution.Scorer: pieces of the model's own batch, side by
// side.
func (s scorer) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(s.cores))
	classes, size := s.Classes(), s.InputLen()
	piece := pieceOf(s.Spec(), n, cap(s.cores))
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

// pieceOf divides n inputs among cores in pieces no longer than the model's
// batch.
func pieceOf(spec *classifier.Spec, n, cores int) int {
	if spec.Batch.Mode == classifier.Fixed {
		return max(1, spec.Batch.Fixed)
	}
	return max(1, min(spec.Batch.Recommended, (n+cores-1)/cores))
}

// mostAtOnce bounds how many perturbed inputs wait in memory: twice that many, as
// the next batch is made while one runs, 154 MB at 3×224×224.
const mostAtOnce = 128

// perturbedBatch is how many perturbed inputs a method gives at once, such that every
// core has a batch of the length that suits the model.
func perturbedBatch(spec *classifier.Spec, cores int) int {
	return min(mostAtOnce, max(attribution.DefaultBatch, cores*pieceOf(spec, mostAtOnce*cores, cores)))
}

// explainChunk makes one map after another, each on all cores.
func (w *processor) explainChunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p explainPayload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of an explanation: %w", err)
	}
	model, release, err := w.models.acquire(p.Spec)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	s := scorer{model, w.cores, t.Yield}
	key := p.Key()
	var pack []workspace.Packed
	reasons := make([]error, len(p.Items))
	for i, it := range p.Items {
		m, err := w.explainOne(ctx, s, p.mapRequest, it, nil)
		reasons[i] = err
		if ctx.Err() != nil {
			return jobs.Result{}, ctx.Err()
		}
		if err == nil {
			pack = append(pack, workspace.Packed{Key: key, Sample: it.ID, Meta: mustJSON(m), Data: floatBytes(m.Values)})
		}
		t.Report(i + 1)
	}
	path := t.File(".pack")
	if err := workspace.WritePack(path, pack); err != nil {
		return jobs.Result{}, err
	}
	return jobs.Result{Path: path, Failed: failed(t.First, reasons)}, nil
}

// explainOne makes one map, from what the model said before where it can.
func (w *processor) explainOne(ctx context.Context, s scorer, r mapRequest, it item, progress func(attribution.Snapshot)) (*attribution.Map, error) {
	method, request, err := r.request(&s.Spec().Preprocessing)
	if err != nil {
		return nil, err
	}
	input, geometry, err := loadInput(s, it.File)
	if err != nil {
		return nil, err
	}
	request.Input, request.Geometry, request.Truth = input, geometry, it.Truth
	request.Batch = perturbedBatch(s.Spec(), cap(s.cores))
	key := keyOf(r, it)
	request.Evidence = w.evidences.take(key)
	defer w.evidences.put(key, request.Evidence)
	m, err := method.Explain(ctx, s, request, progress)
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
