package gradient

import (
	"context"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/autodiff"
)

// probes are gradients at many points: the steps of paths, or noisy copies.
type probes struct {
	program autodiff.Program
	batch   int // rows at once: memory does not grow with the number of points
	length  int // values of an input
	*backward.Passes

	done, total int                        // gradients: so far, and at most
	progress    func(attribution.Snapshot) // told of them; may be nil
}

// run takes the gradient of each of the given jobs at points 0 … points-1: at
// writes the point, from any goroutine; see gets the gradients, in this order, from
// one.
func (p *probes) run(ctx context.Context, jobs []int, points int, at func(job, point int, x []float32), see func(job, point int, gradient []float32)) error {
	total := len(jobs) * points
	inputs := make([]float32, min(p.batch, total)*p.length)
	seeds := make([]float32, min(p.batch, total)*p.Classes)
	for first := 0; first < total; first += p.batch {
		n := min(p.batch, total-first)
		cores.Each(n, func(i int) {
			job := jobs[(first+i)/points]
			at(job, (first+i)%points, inputs[i*p.length:(i+1)*p.length])
			copy(seeds[i*p.Classes:], backward.Rows(p.Seeds, job, len(p.Jobs)))
		})
		if err := ctx.Err(); err != nil {
			return err
		}
		out, err := p.program.Run(ctx, n, inputs[:n*p.length], seeds[:n*p.Classes])
		if err != nil {
			return err
		}
		if p.done += n; p.progress != nil {
			p.progress(attribution.Snapshot{Done: p.done, Total: p.total})
		}
		for i := range n {
			see(jobs[(first+i)/points], (first+i)%points, backward.Rows(out[1], i, n))
		}
	}
	return nil
}

// all lists the jobs.
func (p *probes) all() []int {
	list := make([]int, len(p.Jobs))
	for i := range list {
		list[i] = i
	}
	return list
}

// openProbes scores the samples, resolves their targets and opens the gradient, for
// that many gradients of each job at most. progress is told of only one sample.
func openProbes(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, points int, progress func(attribution.Snapshot)) (*probes, []error, error) {
	d, err := attribution.Inside(s)
	if err != nil {
		return nil, nil, err
	}
	inputs, err := backward.Gather(s, rs)
	if err != nil {
		return nil, nil, err
	}
	program, err := backward.Whole(d, "plain", autodiff.Plain)
	if err != nil {
		return nil, nil, err
	}
	scores, err := attribution.Scores(ctx, s, inputs, len(rs))
	if err != nil {
		return nil, nil, err
	}
	if len(rs) > 1 {
		progress = nil
	}
	p := &probes{program: program, batch: rs[0].Batch, length: s.InputLen(), Passes: backward.New(s.Classes(), targets), progress: progress}
	if p.batch <= 0 {
		p.batch = attribution.DefaultBatch
	}
	errs := make([]error, len(rs))
	for i, r := range rs {
		errs[i] = p.Add(i, backward.Rows(scores, i, len(rs)), r.Truth)
	}
	p.total = points * len(p.Jobs)
	return p, errs, nil
}
