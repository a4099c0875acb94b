package assess

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/workspace"
)

// randomisedSamples is how many samples a check by random weights looks at,
// evenly taken from the evaluation's in the order of their paths.
const randomisedSamples = 16

// randomisation is the name under which the workspace keeps what was found of a
// method with its options: a property of it and the evaluation's model, whatever
// the sample and the target.
func randomisation(o explain.MapOptions) string {
	o.Target = "predicted"
	return "randomisation " + o.Key()
}

// StoredRandomisation returns what is known of a method on an evaluation's model,
// else an error that is workspace.ErrNotFound.
func (p Service) StoredRandomisation(ctx context.Context, evaluation string, o explain.MapOptions) (*trust.Randomisation, error) {
	o, err := p.maps().Resolve(ctx, evaluation, o)
	if err != nil {
		return nil, err
	}
	name := randomisation(o)
	known, err := p.Store.Results.Facts(ctx, evaluation, name)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		if k.Name == name {
			found := new(trust.Randomisation)
			return found, json.Unmarshal(k.Content, found)
		}
	}
	return nil, fmt.Errorf("the check of %s by random weights in %s: %w", o.Method, evaluation, workspace.ErrNotFound)
}

// Randomisation returns how far a method's maps depend on what the evaluation's
// model has learnt (Adebayo et al. 2018): what is stored, or else what a worker
// finds now, by twice randomisedSamples maps, and the workspace keeps. progress
// may be nil; it ends the work by returning an error, as the end of ctx does.
func (p Service) Randomisation(ctx context.Context, evaluation string, o explain.MapOptions, progress func(task.Progress) error) (*trust.Randomisation, error) {
	o, err := p.maps().Resolve(ctx, evaluation, o)
	if err != nil {
		return nil, err
	}
	found, known, err := task.Measure(ctx, p.Server, func() (*trust.Randomisation, error) { return p.StoredRandomisation(ctx, evaluation, o) }, CallRandomise,
		func() (any, error) { return p.randomiseRequest(ctx, evaluation, o) }, progress)
	switch {
	case err != nil:
		return nil, fmt.Errorf("check %s by random weights: %w", o.Method, err)
	case known:
		return found, nil
	}
	return found, p.Store.Results.PutFact(ctx, evaluation, randomisation(o), task.JSON(found))
}

func (p Service) randomiseRequest(ctx context.Context, evaluation string, o explain.MapOptions) (RandomiseRequest, error) {
	o.Target = "predicted"
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return RandomiseRequest{}, err
	}
	r := RandomiseRequest{MapRequest: explain.MapRequest{Spec: ev.Spec, MapOptions: o}}
	ids, err := p.Store.Results.AtPlaces(ctx, evaluation, func(n int) (places []int) {
		for i := range min(randomisedSamples, n) {
			places = append(places, i*n/min(randomisedSamples, n))
		}
		return places
	})
	if err != nil {
		return r, err
	}
	if len(ids) == 0 {
		return r, fmt.Errorf("check %s by random weights: %s has no sample that is evaluated: %w", o.Method, evaluation, workspace.ErrNotFound)
	}
	for _, id := range ids {
		one, err := p.maps().SampleRequest(ctx, evaluation, id, o)
		if err != nil {
			return r, err
		}
		r.Items, r.Baselines = append(r.Items, one.Item), one.Baselines // the same for all
	}
	return r, nil
}
