package worker

import (
	"context"
	"sync"

	"github.com/sightline/sightline/jobs"
	"golang.org/x/sync/errgroup"
)

// Each runs work(0..n-1) on all cores, reporting progress and letting calls go
// first.
func (w *Worker) Each(ctx context.Context, t *jobs.Task, n int, work func(i int)) error {
	report := Reporter(t)
	return w.SideBySide(ctx, t, n, func(i int) {
		work(i)
		report(1)
	})
}

// SideBySide is Each without reports.
func (w *Worker) SideBySide(ctx context.Context, t *jobs.Task, n int, work func(i int)) error {
	return w.sideBySide(ctx, t, n, w.Cores.Count(), func(int) error { return nil }, work)
}

// sideBySide runs work(0..n-1) on all cores, each after its before, which holds none, and most of
// either at once; t is nil in a call, where nothing goes first.
func (w *Worker) sideBySide(ctx context.Context, t *jobs.Task, n, most int, before func(i int) error, work func(i int)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(most)
	for i := range n {
		group.Go(func() error {
			if t != nil {
				if err := t.Yield(ctx); err != nil {
					return err
				}
			}
			if err := before(i); err != nil {
				return err
			}
			release, err := w.Cores.Acquire(ctx)
			if err != nil {
				return err
			}
			defer release()
			work(i)
			return nil
		})
	}
	return group.Wait()
}

// Reporter adds up the progress of several goroutines.
func Reporter(t *jobs.Task) func(more int) {
	var mu sync.Mutex
	done := 0
	return func(more int) {
		mu.Lock()
		defer mu.Unlock()
		done += more
		t.Report(done)
	}
}
