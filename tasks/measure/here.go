package measure

import (
	"context"

	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/tasks/explain"
)

// AtOnce is how many maps are measured while the one who asks waits; more take a
// job.
const AtOnce = 50

// numbersAtOnce is how many numbers may describe the regions of those maps together: it
// bounds the wait, to less than a second, where outlines are long.
const numbersAtOnce = 1 << 20

// few tells whether so many maps of a dataset's samples are measured at once.
func (p Service) few(ctx context.Context, dataset string, n int) (bool, error) {
	if n == 0 || n > AtOnce {
		return n == 0, nil
	}
	most, err := p.Store.Catalog.MostPoints(ctx, dataset)
	return most*int64(n) <= numbersAtOnce, err
}

// sharesHere measures maps in this process: of a few that is quicker than a job.
func (p Service) sharesHere(ctx context.Context, evaluation, dataset string, wanted []wantedShares) error {
	var which []maps.MapID
	for _, w := range wanted {
		for _, id := range w.samples {
			which = append(which, maps.MapID{Sample: id, Key: w.options.Key()})
		}
	}
	if len(which) == 0 {
		return nil
	}
	found, err := payload(ctx, p.Store, evaluation, dataset, which)
	if err != nil {
		return err
	}
	var list []maps.SharesOf
	for _, it := range found.Items {
		shares, err := it.Measured(found.Revision)
		if err != nil {
			return err
		}
		if shares != nil {
			list = append(list, *shares)
		}
	}
	return p.Store.Maps.PutShares(ctx, evaluation, list)
}

// wantedShares are maps of one kind whose shares are not stored.
type wantedShares struct {
	options explain.MapOptions
	samples []int64
	largest int64 // bytes of the largest of the maps
}

// unmeasured lists the maps that lack current shares, of those of the samples.
func unmeasured(ctx context.Context, store *stores.Stores, evaluation, dataset string, requests []explain.MapOptions, of map[int64]bool) (wanted []wantedShares, n int, err error) {
	revision, err := explain.Revision(ctx, store, dataset)
	if err != nil {
		return nil, 0, err
	}
	for _, o := range requests {
		samples, largest, err := store.Maps.Unmeasured(ctx, evaluation, o.Key(), revision)
		if err != nil {
			return nil, 0, err
		}
		w := wantedShares{options: o, largest: largest}
		for _, id := range samples {
			if of[id] {
				w.samples = append(w.samples, id)
			}
		}
		wanted, n = append(wanted, w), n+len(w.samples)
	}
	return wanted, n, nil
}
