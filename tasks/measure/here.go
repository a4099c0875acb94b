package measure

import (
	"context"

	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/tasks/explain"
)

// sharesHere measures maps in this process: of a few that is quicker than a job.
func (p Service) sharesHere(ctx context.Context, evaluation, dataset string, wanted []wantedShares) error {
	for _, w := range wanted {
		files, err := p.Store.Catalog.Files(ctx, w.samples)
		if err != nil {
			return err
		}
		revision, where, err := explain.DrawnOf(ctx, p.Store, dataset, files)
		if err != nil {
			return err
		}
		var list []maps.SharesOf
		for i, id := range w.samples {
			m, err := p.maps().Stored(ctx, evaluation, id, w.options)
			if err != nil {
				return err
			}
			if m == nil {
				continue // gone meanwhile
			}
			shares, err := where[i].Shares(m)
			if err != nil {
				return err
			}
			list = append(list, maps.SharesOf{Sample: id, Key: w.options.Key(), StoredShares: maps.StoredShares{Revision: revision, Shares: shares}})
		}
		if err := p.Store.Maps.PutShares(ctx, evaluation, list); err != nil {
			return err
		}
	}
	return nil
}

// wantedShares are maps of one kind whose shares are not stored.
type wantedShares struct {
	options explain.MapOptions
	samples []int64
	largest int64 // bytes of the largest of the maps
}

// unmeasured lists the maps that lack current shares, of those of the samples.
func unmeasured(ctx context.Context, store *stores.Stores, evaluation, dataset string, wishes []explain.MapOptions, of map[int64]bool) (wanted []wantedShares, n int, err error) {
	revision, err := store.Catalog.RegionsRevision(ctx, dataset)
	if err != nil {
		return nil, 0, err
	}
	for _, o := range wishes {
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
