package explain

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/stores"
)

// Drawn is where the regions of a sample are, in pixels of the displayed image: what it
// takes to tell what a map says of them.
type Drawn struct {
	Width   int           `json:"width"`
	Height  int           `json:"height"`
	Regions []drawnRegion `json:"regions,omitempty"`
}

type drawnRegion struct {
	Name   string    `json:"name"`
	Kind   string    `json:"kind"`
	Points []float64 `json:"points"`
}

// DrawnOf reads the regions of samples of a dataset, and the revision that they are of at least:
// should they change meanwhile, their shares count as outdated.
func DrawnOf(ctx context.Context, store *stores.Stores, of string, files []catalog.File) (revision int, list []Drawn, err error) {
	revision, drawn, err := store.Catalog.RegionsNow(ctx, of)
	if err != nil {
		return 0, nil, err
	}
	revision = maps.RegionsRevision(revision)
	var found map[int64][]dataset.Region
	if drawn {
		ids := make([]int64, len(files))
		for i, f := range files {
			ids[i] = f.Sample
		}
		if found, err = store.Catalog.RegionsOf(ctx, ids); err != nil {
			return 0, nil, err
		}
	}
	for _, f := range files {
		list = append(list, NewDrawn(f.Width, f.Height, found[f.Sample]))
	}
	return revision, list, nil
}

// Revision is what shares of a dataset's samples must have been computed from: a change of
// its regions, or of those that every image has, makes another of it.
func Revision(ctx context.Context, store *stores.Stores, dataset string) (int, error) {
	revision, err := store.Catalog.RegionsRevision(ctx, dataset)
	return maps.RegionsRevision(revision), err
}

// sentBytes is how many bytes of regions and maps go into a chunk at most.
const sentBytes = 3 << 20

// WithRegions is how many samples make a chunk, of at most so many, if each brings its
// regions and some bytes more.
func WithRegions(ctx context.Context, store *stores.Stores, dataset string, most int, more int64) (int, error) {
	const perNumber = 8 // as text
	points, err := store.Catalog.MostPoints(ctx, dataset)
	return int(max(1, min(int64(most), sentBytes/max(1, perNumber*points+more)))), err
}

// filesOf are the images of samples.
func filesOf(samples ...catalog.Sample) []catalog.File {
	files := make([]catalog.File, len(samples))
	for i := range samples {
		files[i] = samples[i].Image()
	}
	return files
}

// NewDrawn is a displayed image of width×height pixels with its regions.
func NewDrawn(width, height int, found []dataset.Region) Drawn {
	d := Drawn{Width: width, Height: height}
	for _, r := range found {
		d.Regions = append(d.Regions, drawnRegion{r.Name, r.Kind, r.Points})
	}
	return d
}

// Renamed is the same with other names of the regions.
func (d Drawn) Renamed(name func(string) string) Drawn {
	regions := make([]drawnRegion, len(d.Regions))
	for i, r := range d.Regions {
		regions[i] = drawnRegion{name(r.Name), r.Kind, r.Points}
	}
	return Drawn{d.Width, d.Height, regions}
}

// Own are the regions of the sample; those of one name are one.
func (d Drawn) Own() (own []regions.Named, err error) {
	for _, r := range d.Regions {
		region, err := regions.New(r.Kind, r.Points)
		if err != nil {
			return nil, fmt.Errorf("region %s: %w; correct the regions file and import it again", r.Name, err)
		}
		own = regions.Add(own, r.Name, region)
	}
	return own, nil
}

// Shares measures a map in the regions.
func (d Drawn) Shares(m *attribution.Map) ([]regions.Share, error) {
	own, err := d.Own()
	if err != nil {
		return nil, err
	}
	return regions.Shares(m, own, d.Width, d.Height), nil
}
