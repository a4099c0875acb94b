package attribution

import (
	"context"

	"github.com/sightline/sightline/autodiff"
)

// probes are gradients at many points: the steps of paths, or noisy copies.
type probes struct {
	program autodiff.Program
	batch   int // rows at once: memory does not grow with the number of points
	length  int // values of an input
	*backwards

	done, total int            // gradients: so far, and at most
	progress    func(Snapshot) // told of them; may be nil
}

// run takes the gradient of each of the given jobs at points 0 … points-1: at
// writes the point, from any goroutine; see gets the gradients, in this order, from
// one.
func (p *probes) run(ctx context.Context, jobs []int, points int, at func(job, point int, x []float32), see func(job, point int, gradient []float32)) error {
	total := len(jobs) * points
	inputs := make([]float32, min(p.batch, total)*p.length)
	seeds := make([]float32, min(p.batch, total)*p.classes)
	for first := 0; first < total; first += p.batch {
		n := min(p.batch, total-first)
		onAllCores(n, func(i int) {
			job := jobs[(first+i)/points]
			at(job, (first+i)%points, inputs[i*p.length:(i+1)*p.length])
			copy(seeds[i*p.classes:], rows(p.seeds, job, len(p.jobs)))
		})
		if err := ctx.Err(); err != nil {
			return err
		}
		out, err := p.program.Run(ctx, n, inputs[:n*p.length], seeds[:n*p.classes])
		if err != nil {
			return err
		}
		if p.done += n; p.progress != nil {
			p.progress(Snapshot{Done: p.done, Total: p.total})
		}
		for i := range n {
			see(jobs[(first+i)/points], (first+i)%points, rows(out[1], i, n))
		}
	}
	return nil
}

// all lists the jobs.
func (p *probes) all() []int {
	list := make([]int, len(p.jobs))
	for i := range list {
		list[i] = i
	}
	return list
}

// openProbes scores the samples, resolves their targets and opens the gradient, for
// that many gradients of each job at most. progress is told of only one sample.
func openProbes(ctx context.Context, s Scorer, rs []Request, targets []Target, points int, progress func(Snapshot)) (*probes, []error, error) {
	d, err := differentiable(s)
	if err != nil {
		return nil, nil, err
	}
	inputs, err := gather(s, rs)
	if err != nil {
		return nil, nil, err
	}
	program, err := wholeGradient(d, "plain", autodiff.Plain)
	if err != nil {
		return nil, nil, err
	}
	scores, err := score(ctx, s, inputs, len(rs))
	if err != nil {
		return nil, nil, err
	}
	if len(rs) > 1 {
		progress = nil
	}
	p := &probes{program: program, batch: rs[0].Batch, length: s.InputLen(), backwards: newBackwards(s.Classes(), targets), progress: progress}
	if p.batch <= 0 {
		p.batch = DefaultBatch
	}
	errs := make([]error, len(rs))
	for i, r := range rs {
		errs[i] = p.add(i, rows(scores, i, len(rs)), r.Truth)
	}
	p.total = points * len(p.jobs)
	return p, errs, nil
}
