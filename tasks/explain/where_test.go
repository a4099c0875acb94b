package explain

import (
	"context"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// Chunks are the shorter, the more there is to send with each sample.
func TestChunksHoldTheirRegions(t *testing.T) {
	ctx := context.Background()
	store, err := stores.Open(ctx, t.TempDir(), workspace.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}, Samples: []dataset.Sample{{Path: "a.png", Hash: "a", Orientation: 1}}}
	for numbers, want := range map[int]int{0: 32, 4: 32, 40_000: 9, 400_000: 1} {
		scan.Regions = nil
		if numbers > 0 {
			scan.Regions = []dataset.Region{{Path: "a.png", Name: "cells", Kind: dataset.Mask, Points: make([]float64, numbers)}}
		}
		if _, err := store.Catalog.Import(ctx, "d", scan); err != nil {
			t.Fatal(err)
		}
		if got, err := WithRegions(ctx, store, "d", 32, 1000); got != want || err != nil {
			t.Errorf("%d numbers: %d samples, want %d; %v", numbers, got, want, err)
		}
	}
}
