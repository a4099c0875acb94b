package catalog

import (
	"slices"
	"testing"

	"github.com/sightline/sightline/dataset"
)

// The revision counts changes of regions, of names and points alike, and of files; not
// imports.
func TestRegionsRevision(t *testing.T) {
	c := open(t, t.TempDir())
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}}
	for _, path := range []string{"a.png", "b.png"} {
		scan.Samples = append(scan.Samples, dataset.Sample{Path: path, Hash: path, Orientation: 1})
	}
	box := func(path, name string, right float64) dataset.Region {
		return dataset.Region{Path: path, Name: name, Kind: dataset.Box, Points: []float64{0, 0, right, 1}, Source: "boxes.json"}
	}
	head, hat := box("a.png", "head", 2), box("b.png", "hat", 3)
	for i, step := range []struct {
		regions []dataset.Region
		changed bool
		want    int
	}{
		{nil, false, 1}, {nil, false, 1}, {[]dataset.Region{head, hat}, false, 2}, {[]dataset.Region{hat, head}, false, 2},
		{[]dataset.Region{hat, head, head}, false, 3}, {[]dataset.Region{hat, head}, false, 4},
		{[]dataset.Region{box("a.png", "head", 2.5), hat}, false, 5}, {[]dataset.Region{box("a.png", "face", 2.5), hat}, false, 6},
		{[]dataset.Region{box("b.png", "face", 2.5), hat}, false, 7}, {[]dataset.Region{box("b.png", "face", 2.5), hat}, true, 8}, {nil, false, 9},
	} {
		scan.Regions = step.regions
		if step.changed {
			scan.Samples[0].Hash = "other bytes"
		}
		if _, err := c.Import(ctx, "d", scan); err != nil {
			t.Fatal(err)
		}
		if got, err := c.RegionsRevision(ctx, "d"); err != nil || got != step.want {
			t.Errorf("step %d: revision %d, want %d (%v)", i, got, step.want, err)
		}
	}
	if _, err := c.RegionsRevision(ctx, "none"); err == nil {
		t.Error("a dataset that is not there has a revision")
	}
}

// Masks come back as they were, and what they cost to send is known.
func TestMasksAreStored(t *testing.T) {
	c := open(t, t.TempDir())
	if n, err := c.MostPoints(ctx, "d"); n != 0 || err != nil {
		t.Errorf("of nothing: %d, %v", n, err)
	}
	mask := []float64{3, 2, 0, 1, 4, 1}
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}, Samples: []dataset.Sample{{Path: "a.png", Hash: "a", Orientation: 1}}}
	scan.Regions = []dataset.Region{{Path: "a.png", Name: "head", Kind: dataset.Mask, Points: mask}}
	if _, err := c.Import(ctx, "d", scan); err != nil {
		t.Fatal(err)
	}
	list, err := c.DatasetSamples(ctx, "d", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Regions(ctx, list[0].ID)
	if err != nil || len(got) != 1 || got[0].Kind != dataset.Mask || !slices.Equal(got[0].Points, mask) {
		t.Errorf("%+v, %v", got, err)
	}
	if n, err := c.MostPoints(ctx, "d"); n != int64(len(mask)) || err != nil {
		t.Errorf("%d numbers, want %d; %v", n, len(mask), err)
	}
}
