package explain

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
)

// baselineCount is how many images a method that needs baselines compares with.
const baselineCount = 16

// baselines chooses, where one of the maps is made by comparing with other images
// of the dataset, the files of those: a choice that the seed makes among all samples
// that the evaluation predicted, in the order of their paths, whatever their labels.
// It is the same for every sample and every chunk of a job; a sample that is among
// its own baselines adds nothing to its map there.
func baselines(ctx context.Context, store *stores.Stores, ev *results.Evaluation, maps []MapOptions) ([]task.Image, error) {
	at := -1
	for i, o := range maps {
		if m, err := methods.All().Lookup(o.Method); err == nil && m.Card().NeedsBaselines {
			at = i
		}
	}
	if at < 0 {
		return nil, nil
	}
	ids, err := store.Results.AtPlaces(ctx, ev.ID, func(n int) []int {
		order := rand.New(rand.NewPCG(maps[at].Seed, 0x62617365)).Perm(n)
		return order[:min(baselineCount, n)]
	})
	if err != nil {
		return nil, fmt.Errorf("choose images to compare with: %w", err)
	}
	images, err := store.Catalog.Files(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("choose images to compare with: %w", err)
	}
	files := make([]task.Image, len(images))
	for i, f := range images {
		files[i] = task.ImageOf(f)
	}
	return files, nil
}
