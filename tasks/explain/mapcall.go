package explain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// Explain returns the map of one sample of an evaluation: the stored one, or
// else one that a worker makes now and the workspace keeps. snapshot may be
// nil; it sees the map while it sharpens, about ten times a second at most, and ends
// the work by returning an error. So does the end of ctx.
func (p Service) Explain(ctx context.Context, evaluation string, sample int64, o MapOptions, snapshot func(Snapshot) error) (*attribution.Map, error) {
	o, err := p.Resolve(ctx, evaluation, o)
	if err != nil {
		return nil, err
	}
	if m, err := p.Stored(ctx, evaluation, sample, o); m != nil || err != nil {
		return m, err
	}
	release, err := p.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if m, err := p.Stored(ctx, evaluation, sample, o); m != nil || err != nil {
		return m, err // made while this waited
	}
	return p.make(ctx, evaluation, sample, o, snapshot)
}

// Snapshot is how far a map is, in evaluations of the model of those that it may
// take at most, and the map as far as it is known: nil while nothing new is.
type Snapshot struct {
	Map *attribution.Map
	task.Progress
}

// Stored returns nil without an error if there is no such map.
func (p Service) Stored(ctx context.Context, evaluation string, sample int64, o MapOptions) (*attribution.Map, error) {
	s, err := p.Store.Maps.Map(ctx, evaluation, sample, o.Key())
	if errors.Is(err, workspace.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return MapFrom(s.Meta, s.Data)
}

func (p Service) make(ctx context.Context, evaluation string, sample int64, o MapOptions, snapshot func(Snapshot) error) (*attribution.Map, error) {
	request, err := p.measuredRequest(ctx, evaluation, sample, o)
	if err != nil {
		return nil, err
	}
	var last Frame
	started := time.Now()
	err = p.Jobs.Call(ctx, CallExplain, task.JSON(request), func(data []byte) error {
		f, err := DecodeFrame(data)
		if err != nil {
			return err
		}
		if f.Final {
			last = f
		} else if snapshot != nil {
			return snapshot(Snapshot{f.Map, task.ProgressSince(started, f.Done, f.Total)})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("explain sample %d: %w", sample, err)
	}
	if last.Map == nil {
		return nil, fmt.Errorf("explain sample %d: the worker sent no map", sample)
	}
	return last.Map, p.Store.Maps.PutMap(ctx, evaluation, maps.StoredMap{
		Sample: sample, Key: o.Key(), Meta: MetaOf(last.Map), Data: floats.Bytes(last.Map.Values), Shares: last.Shares,
	})
}

// measuredRequest is SampleRequest with the regions in which the worker measures the map.
func (p Service) measuredRequest(ctx context.Context, evaluation string, sample int64, o MapOptions) (r Request, err error) {
	if r, err = p.SampleRequest(ctx, evaluation, sample, o); err != nil {
		return r, err
	}
	s, err := p.Store.Catalog.Sample(ctx, sample)
	if err != nil {
		return r, err
	}
	var where []Drawn
	if r.Revision, where, err = DrawnOf(ctx, p.Store, s.Dataset, filesOf(*s)); err == nil {
		r.Item.Where = where[0]
	}
	return r, err
}

// SampleRequest says which map of which file is wanted.
func (p Service) SampleRequest(ctx context.Context, evaluation string, sample int64, o MapOptions) (r Request, err error) {
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return r, err
	}
	s, err := p.Store.Catalog.Sample(ctx, sample)
	if err != nil {
		return r, err
	}
	if s.Dataset != ev.Dataset {
		return r, fmt.Errorf("sample %d is not in the dataset of %s: %w", sample, evaluation, workspace.ErrNotFound)
	}
	r = Request{MapRequest: requestOf(ev, o), Item: Item{ID: s.ID, Image: task.ImageOf(s.Image())}}
	one := []Item{r.Item}
	err = rank(ctx, p.Store, evaluation, one)
	if err != nil {
		return r, err
	}
	r.Item = one[0]
	r.Baselines, err = baselines(ctx, p.Store, ev, []MapOptions{o})
	return r, err
}
