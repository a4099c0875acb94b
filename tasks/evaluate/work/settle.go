package work

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/worker"
)

// settle runs the model on items of a batch, whose inputs lie in their slots, and keeps what
// it gives. Where the runtime reports an error, they are run in halves until those that did
// it are alone, and these are set aside with the reason; a run that does not end costs its
// whole limit, so there each is alone at once. Slots of the others are zero meanwhile,
// which changes nothing for a sample.
func (r *modelRun) settle(ctx context.Context, input []float32, items []int) error {
	if len(items) == 0 {
		return nil
	}
	result, err := r.run(ctx, input)
	switch {
	case err == nil:
		r.keep(items, result)
		return r.explain(ctx, input, items, result)
	case ctx.Err() != nil:
		return ctx.Err()
	case !worker.Endless(err) && !classifier.RunFailed(err):
		return err
	case len(items) == 1:
		return r.setAside(ctx, items[0], err)
	}
	size := max(1, len(items)/2)
	if worker.Endless(err) {
		size = 1
	}
	for some := range slices.Chunk(items, size) {
		if err := r.settle(ctx, r.alone(input, some), some); err != nil {
			return err
		}
	}
	return nil
}

// alone is the input of a batch with all slots zero but those of some items.
func (r *modelRun) alone(input []float32, items []int) []float32 {
	size := r.model.InputLen()
	only := make([]float32, len(input))
	for _, i := range items {
		at := r.slot(i) * size
		copy(only[at:at+size], input[at:at+size])
	}
	return only
}

// setAside blames an item for an error of a run that it was alone in, unless it is not its
// own: a run of nothing but zeros fails, too, or there were too many like it.
func (r *modelRun) setAside(ctx context.Context, item int, err error) error {
	if worker.Endless(err) {
		r.note(ctx, item, err)
		return r.unending.Add(r.items[item].File, err)
	}
	if _, blank := r.run(ctx, make([]float32, r.batch*r.model.InputLen())); blank != nil {
		return errors.Join(ctx.Err(), err)
	}
	r.note(ctx, item, fmt.Errorf("the model fails on this image: %w", err))
	return nil
}

// note sets an item aside, also in later attempts at the chunk.
func (r *modelRun) note(ctx context.Context, item int, err error) {
	r.reasons[item] = err
	r.worker.Note(ctx, r.task, item, r.items[item].Image, "", err)
}
