package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
)

// onCores runs a model as the product does: one image on a session of all threads,
// as `sightline map` does, and several in as many parts as there are cores, each on a
// session of one thread, as a worker does.
type onCores struct {
	*classifier.Classifier                        // with all threads
	single                 *classifier.Classifier // with one
}

func openOnCores(spec *classifier.Spec) (c onCores, err error) {
	if c.Classifier, err = classifier.Open(spec, threads); err != nil {
		return c, err
	}
	c.single, err = classifier.Open(spec, 1)
	return c, err
}

func (c onCores) Close() {
	c.Classifier.Close()
	c.single.Close()
}

// Score implements attribution.Scorer.
func (c onCores) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	if n == 1 {
		return c.Classifier.Score(ctx, inputs, n)
	}
	out, err := inParts(n, [][]float32{inputs}, func(count int, part [][]float32) ([][]float32, error) {
		scores, err := c.single.Score(ctx, part[0], count)
		return [][]float32{scores}, err
	})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Program implements attribution.Differentiable.
func (c onCores) Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error) {
	whole, err := c.Classifier.Program(name, recipe)
	if err != nil {
		return nil, err
	}
	single, err := c.single.Program(name, recipe)
	return bothPrograms{whole, single}, err
}

type bothPrograms struct{ whole, single autodiff.Program }

func (p bothPrograms) Run(ctx context.Context, n int, inputs ...[]float32) ([][]float32, error) {
	if n == 1 {
		return p.whole.Run(ctx, n, inputs...)
	}
	return inParts(n, inputs, func(count int, part [][]float32) ([][]float32, error) { return p.single.Run(ctx, count, part...) })
}

// inParts cuts n samples into as many parts as there are threads and runs them at
// once.
func inParts(n int, inputs [][]float32, run func(count int, part [][]float32) ([][]float32, error)) ([][]float32, error) {
	parts := min(threads, n)
	out := make([][][]float32, parts)
	var group errgroup.Group
	for k := range parts {
		group.Go(func() (err error) {
			from, to := n*k/parts, n*(k+1)/parts
			out[k], err = run(to-from, autodiff.Part(inputs, n, from, to-from))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return autodiff.Joined(out), nil
}
