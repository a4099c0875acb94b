package worker

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
)

// Program implements attribution.Differentiable: what the recipe makes, run on
// all cores.
func (s Scorer) Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error) {
	p, err := s.Classifier.Program(name, recipe)
	if err != nil {
		return nil, err
	}
	return spread{p, p.(*classifier.Program).BytesPerSample(), s}, nil
}

// spread runs a program's samples in pieces, side by side.
type spread struct {
	program   autodiff.Program
	perSample int64 // bytes that a run takes at most
	scorer    Scorer
}

func (p spread) Run(ctx context.Context, n int, inputs ...[]float32) ([][]float32, error) {
	size := p.scorer.piece(n, p.perSample)
	pieces := make([][][]float32, (n+size-1)/size)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(p.scorer.cores.Count())
	for k := range pieces {
		group.Go(func() (err error) {
			first, count := k*size, min(size, n-k*size)
			part := autodiff.Part(inputs, n, first, count)
			pieces[k], err = p.scorer.onCore(ctx, func() ([][]float32, error) { return p.program.Run(ctx, count, part...) })
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return autodiff.Joined(pieces), nil
}

// onCore runs f while it holds a core, after chunks have let calls pass.
func (s Scorer) onCore(ctx context.Context, f func() ([][]float32, error)) ([][]float32, error) {
	if err := s.before(ctx); err != nil {
		return nil, err
	}
	release, err := s.cores.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return f()
}
