package measure

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
)

// GridSide is how many cells a side the grid has on which maps are put together. Grad-CAM's 7×7
// and the 14×14 of occlusion and of most transformers lie on it without a cell being cut.
const GridSide = 14

// Rastered is a stored map on the grid.
type Rastered struct {
	Sample  int64
	Aspect  float64   // width ÷ height of what the grid lies on
	Values  []float32 // see regions.Raster; nil where the map says nothing, or Outside
	LeftOut bool      // the map is red
	Outside bool      // the sample has not exactly one region of the name
}

// Rasters puts the stored maps of samples on the grid: of the whole image, or, if named, of the
// box around the sample's one region of that name. They come in the order in which they lie.
func (p Service) Rasters(ctx context.Context, evaluation string, of map[int64]bool, request explain.MapOptions, region string) ([]Rastered, error) {
	stored, err := p.Store.Maps.Under(ctx, evaluation, request.Key())
	if err != nil {
		return nil, err
	}
	list := stored[:0]
	for _, m := range stored {
		if of[m.Sample] {
			list = append(list, m)
		}
	}
	boxes, err := p.boxes(ctx, list, region)
	if err != nil {
		return nil, err
	}
	out := make([]Rastered, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0) + 1)
	group.Go(func() error {
		return p.Store.Maps.Values(ctx, list, func(i int, data []byte) error {
			group.Go(func() error {
				var err error
				out[i], err = rastered(list[i], data, boxes, region)
				return err
			})
			return nil
		})
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	kept := out[:0]
	for _, r := range out {
		if r.Sample != 0 { // else it is gone meanwhile
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// rastered puts one map on the grid.
func rastered(j maps.Assessed, data []byte, boxes map[int64]regions.Frame, region string) (Rastered, error) {
	m, err := explain.MapFrom(j.Meta, data)
	if err != nil {
		return Rastered{}, fmt.Errorf("map %s of sample %d: %w", j.Key, j.Sample, err)
	}
	out := Rastered{Sample: j.Sample, LeftOut: j.Verdict == string(trust.Red) || j.Verdict == "" && m.Degenerate != ""}
	frame := wholeOf(m)
	if region != "" {
		var one bool
		if frame, one = boxes[j.Sample]; !one {
			out.Outside = true
			return out, nil
		}
	}
	out.Aspect = (frame.Right - frame.Left) / max(1e-9, frame.Bottom-frame.Top)
	if !out.LeftOut {
		out.Values, _ = regions.Raster(m.Summed(), frame)
	}
	return out, nil
}

func wholeOf(m *attribution.Map) regions.Frame {
	return regions.Frame{Right: float64(m.Geometry.DisplayWidth), Bottom: float64(m.Geometry.DisplayHeight), Columns: GridSide, Rows: GridSide}
}

// boxes are the frames of the samples that have exactly one region of a name.
func (p Service) boxes(ctx context.Context, list []maps.Assessed, region string) (map[int64]regions.Frame, error) {
	if region == "" {
		return nil, nil
	}
	ids := make([]int64, len(list))
	for i, m := range list {
		ids[i] = m.Sample
	}
	found, err := p.Store.Catalog.RegionsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	boxes := map[int64]regions.Frame{}
	for id, all := range found {
		named := 0
		for _, r := range all {
			if r.Name != region {
				continue
			}
			named++
			shape, err := regions.New(r.Kind, r.Points)
			if err != nil {
				return nil, fmt.Errorf("region %s of %s: %w; correct the regions file and import it again", r.Name, r.Path, err)
			}
			f := regions.Frame{Columns: GridSide, Rows: GridSide}
			f.Left, f.Top, f.Right, f.Bottom = shape.Bounds()
			boxes[id] = f
		}
		if named != 1 {
			delete(boxes, id)
		}
	}
	return boxes, nil
}
