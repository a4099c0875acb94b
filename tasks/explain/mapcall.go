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
	request, err := p.mapRequest(ctx, evaluation, sample, o)
	if err != nil {
		return nil, err
	}
	var last *attribution.Map
	started := time.Now()
	err = p.Jobs.Call(ctx, CallExplain, request, func(data []byte) error {
		f, err := DecodeFrame(data)
		if err != nil {
			return err
		}
		if f.Final {
			last = f.Map
		} else if snapshot != nil {
			return snapshot(Snapshot{f.Map, task.ProgressSince(started, f.Done, f.Total)})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("explain sample %d: %w", sample, err)
	}
	if last == nil {
		return nil, fmt.Errorf("explain sample %d: the worker sent no map", sample)
	}
	stored := maps.StoredMap{Sample: sample, Key: o.Key(), Meta: MetaOf(last), Data: floats.Bytes(last.Values)}
	if stored.Shares, err = p.sharesOf(ctx, sample, last); err != nil {
		return nil, fmt.Errorf("explain sample %d: %w", sample, err)
	}
	return last, p.Store.Maps.PutMap(ctx, evaluation, stored)
}

// sharesOf measures a map that was made on demand in the regions of its sample.
func (p Service) sharesOf(ctx context.Context, sample int64, m *attribution.Map) (*maps.StoredShares, error) {
	s, err := p.Store.Catalog.Sample(ctx, sample)
	if err != nil {
		return nil, err
	}
	revision, where, err := DrawnOf(ctx, p.Store, s.Dataset, filesOf(*s))
	if err != nil {
		return nil, err
	}
	shares, err := where[0].Shares(m)
	if err != nil {
		return nil, nil // whoever asks for shares is told; the map is good without
	}
	return &maps.StoredShares{Revision: revision, Shares: shares}, nil
}

func (p Service) mapRequest(ctx context.Context, evaluation string, sample int64, o MapOptions) ([]byte, error) {
	r, err := p.SampleRequest(ctx, evaluation, sample, o)
	return task.JSON(r), err
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
