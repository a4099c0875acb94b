package explain

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
)

// baselineCount is how many images a method that needs baselines compares with.
const baselineCount = 16

// baselines chooses, where one of the maps is made by comparing with other pictures
// of the dataset, the files of those: a choice that the seed makes among all samples
// that the evaluation predicted, in the order of their paths, whatever their labels.
// It is the same for every sample and every chunk of a job; a sample that is among
// its own baselines adds nothing to its map there.
func baselines(ctx context.Context, store *stores.Stores, ev *results.Evaluation, maps []MapOptions) ([]string, error) {
	at := -1
	for i, o := range maps {
		if m, err := methods.All().Lookup(o.Method); err == nil && m.Card().NeedsBaselines {
			at = i
		}
	}
	if at < 0 {
		return nil, nil
	}
	_, page, err := store.Results.Samples(ctx, ev.ID, slice.Slice{}, results.ByPath, 0, 1<<30)
	if err != nil {
		return nil, fmt.Errorf("choose pictures to compare with: %w", err)
	}
	order := rand.New(rand.NewPCG(maps[at].Seed, 0x62617365)).Perm(len(page))
	var files []string
	for _, i := range order[:min(baselineCount, len(order))] {
		s, err := store.Catalog.Sample(ctx, page[i].ID)
		if err != nil {
			return nil, fmt.Errorf("choose pictures to compare with: %w", err)
		}
		files = append(files, s.File)
	}
	return files, nil
}
