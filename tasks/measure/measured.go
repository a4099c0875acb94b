package measure

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
)

// Map is a stored map of a sample, and what it says of regions.
type Map struct {
	Sample              results.Item
	Options             explain.MapOptions
	Meta                api.MapMeta
	Verdict             trust.Verdict // "" where trust in it is not known
	Insertion, Deletion *float64
	Shares              []regions.Share
}

// LeftOut says whether the map is red: a degenerate one is so without being assessed.
func (m *Map) LeftOut() bool {
	return m.Verdict == trust.Red || m.Verdict == "" && m.Meta.Degenerate != ""
}

// Measured lists the stored maps of a selection, by sample, and for each in the order of the
// requests, with their shares. Without assessed their trust is not looked at. missing is how
// many of them have no shares of the regions as they are now: a few are measured at once,
// and none is missing; for more, Start begins a job.
func (p Service) Measured(ctx context.Context, s explain.Selection, assessed bool, requests []explain.MapOptions) (list []Map, missing int, err error) {
	ev, err := p.Store.Results.Evaluation(ctx, s.Evaluation)
	if err != nil {
		return nil, 0, err
	}
	page, set, err := chosen(ctx, p.Store, s)
	if err != nil {
		return nil, 0, err
	}
	wanted, missing, err := unmeasured(ctx, p.Store, ev.ID, ev.Dataset, requests, set)
	if err != nil {
		return nil, 0, err
	}
	few, err := p.few(ctx, ev.Dataset, missing)
	if err != nil {
		return nil, 0, err
	}
	if few {
		if err := p.sharesHere(ctx, ev.ID, ev.Dataset, wanted); err != nil {
			return nil, 0, err
		}
		missing = 0
	}
	list, err = p.stored(ctx, ev, page, assessed, requests)
	return list, missing, err
}

// stored are the maps of samples whose shares are stored, of the regions as they are now.
func (p Service) stored(ctx context.Context, ev *results.Evaluation, page []results.Item, assessed bool, requests []explain.MapOptions) (list []Map, err error) {
	revision, err := explain.Revision(ctx, p.Store, ev.Dataset)
	if err != nil {
		return nil, err
	}
	found := make([]map[int64]*maps.Measured, len(requests))
	for i, o := range requests {
		if found[i], err = p.Store.Maps.Measured(ctx, ev.ID, o.Key(), revision); err != nil {
			return nil, err
		}
	}
	for _, sample := range page {
		for i, o := range requests {
			if m := found[i][sample.ID]; m != nil && m.Shares != nil {
				measured, err := measuredMap(sample, o, m, assessed)
				if err != nil {
					return nil, err
				}
				list = append(list, measured)
			}
		}
	}
	return list, nil
}

func measuredMap(sample results.Item, o explain.MapOptions, m *maps.Measured, assessed bool) (Map, error) {
	out := Map{Sample: sample, Options: o, Shares: m.Shares}
	if assessed {
		out.Verdict, out.Insertion, out.Deletion = trust.Verdict(m.Verdict), m.Insertion, m.Deletion
	}
	if err := json.Unmarshal(m.Meta, &out.Meta); err != nil {
		return out, fmt.Errorf("read the description of map %s of sample %d: %w", o.Key(), sample.ID, err)
	}
	return out, nil
}

// chosen are the samples of a selection, in its order, and the set of them.
func chosen(ctx context.Context, store *stores.Stores, s explain.Selection) (page []results.Item, set map[int64]bool, err error) {
	limit := s.Limit
	if limit <= 0 {
		limit = 1 << 30
	}
	if _, page, err = store.Results.Samples(ctx, s.Evaluation, s.Slice, s.Sort, 0, limit); err != nil {
		return nil, nil, err
	}
	set = make(map[int64]bool, len(page))
	for _, sample := range page {
		set[sample.ID] = true
	}
	return page, set, nil
}
