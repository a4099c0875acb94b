package work

import (
	"context"
	"errors"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/worker"
)

// together makes maps of several samples in shared runs. A sample for which one of
// several targets fails gets its other maps one at a time. Where a run itself fails, it may be
// one sample's doing: they are run in halves until those that did it are alone.
func (r *mapsRun) together(ctx context.Context, m attribution.Method, g group, requests []attribution.Request, subjects []*subject) error {
	maps, errs := m.ExplainBatch(ctx, r.scorer, requests, g.targets, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if size := apart(errs); size > 0 {
		for first := 0; first < len(subjects); first += size {
			last := min(first+size, len(subjects))
			if err := r.together(ctx, m, g, requests[first:last], subjects[first:last]); err != nil {
				return err
			}
		}
		return nil
	}
	for i, s := range subjects {
		var err error
		switch {
		case errs[i] == nil:
			r.keep(s, g, maps[i])
		case len(g.targets) == 1 || errors.Is(errs[i], attribution.ErrNotDifferentiable) || failedRun(errs[i]):
			err = r.without(ctx, s, g.Method, errs[i])
		default:
			err = r.eachTarget(ctx, m, g, requests[i], s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// failedRun tells whether an error is that of a run of the model, which may be of one of its
// samples alone.
func failedRun(err error) bool { return classifier.RunFailed(err) || worker.Endless(err) }

// apart is how many of the samples of a run, of which these errors came, to run together next; 0
// where there is nothing to find out. A run that does not end costs its whole limit, so there
// each is alone at once.
func apart(errs []error) int {
	if len(errs) < 2 {
		return 0
	}
	size := 0
	for _, err := range errs {
		switch {
		case worker.Endless(err):
			return 1
		case classifier.RunFailed(err):
			size = len(errs) / 2
		}
	}
	return size
}

// alone makes a group's maps of one sample, from what the model said before where
// it can. An error ends the job.
func (r *mapsRun) alone(ctx context.Context, m attribution.Method, g group, q attribution.Request, s *subject) error {
	key := worker.KeyOf(r.Spec, s.item.File, g.Method)
	q.Cached = r.worker.Scores.Take(key)
	defer r.worker.Scores.Put(key, q.Cached)
	if len(g.targets) > 1 {
		maps, err := attribution.ExplainAll(ctx, m, r.scorer, q, g.targets, nil)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			r.keep(s, g, maps)
			return nil
		case failedRun(err):
			return r.without(ctx, s, g.Method, err)
		}
	}
	return r.eachTarget(ctx, m, g, q, s)
}

// eachTarget makes one map after another, so that one that fails spoils no other.
func (r *mapsRun) eachTarget(ctx context.Context, m attribution.Method, g group, q attribution.Request, s *subject) error {
	for i, target := range g.targets {
		q.Target = target
		made, err := attribution.Explain(ctx, m, r.scorer, q, nil)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			r.keep(s, group{requests: g.requests[i : i+1]}, []*attribution.Map{made})
		default:
			if err := r.without(ctx, s, g.Method, err); err != nil || s.hopeless {
				return err
			}
		}
	}
	return nil
}

// without goes on without a map of a sample; later attempts at the chunk know if its run did not
// end. The error ends the job.
func (r *mapsRun) without(ctx context.Context, s *subject, method string, err error) error {
	if worker.Endless(err) {
		r.worker.Note(ctx, r.task, s.index, s.item.Image, method, err)
	}
	return r.failed(s, method, err)
}

// failed notes why a sample lacks a map, or trust in it. A run that does not end on it does so for
// every method: none is tried again. The error ends the job.
func (r *mapsRun) failed(s *subject, method string, err error) error {
	s.hopeless = s.hopeless || worker.Endless(err)
	r.fail(s, method, err)
	return r.unending.Add(s.item.File, err)
}
