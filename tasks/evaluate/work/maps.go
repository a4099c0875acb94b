package work

import (
	"context"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/explain"
	explainwork "github.com/sightline/sightline/tasks/explain/work"
	"github.com/sightline/sightline/workspace"
)

// mapping makes the maps of a chunk, of the runs that predict. Batches write disjoint parts of
// its lists.
type mapping struct {
	*explainwork.Shared
	revision   int                  // of the regions
	geometries []imaging.Geometry   // of items
	made       [][]workspace.Packed // of items
}

// share opens what makes the maps that are asked for with the chunk, if any.
func (r *modelRun) share(ctx context.Context, p evaluate.Payload) error {
	if len(p.Maps) == 0 {
		return nil
	}
	shared, err := explainwork.Share(ctx, r.model, p.Maps)
	r.maps = &mapping{shared, p.Revision, make([]imaging.Geometry, len(p.Items)), make([][]workspace.Packed, len(p.Items))}
	return err
}

// run runs a whole batch.
func (r *modelRun) run(ctx context.Context, input []float32) (*classifier.Result, error) {
	if r.maps != nil && r.maps.Forward != nil {
		return r.maps.Run(ctx, input, r.batch)
	}
	return r.model.Run(ctx, input, r.batch)
}

// explain makes the maps of items of a batch, of the run that gave their scores.
func (r *modelRun) explain(ctx context.Context, input []float32, items []int, result *classifier.Result) error {
	if r.maps == nil || r.maps.Forward == nil {
		return nil
	}
	slots, size := make([]*explainwork.Seen, r.batch), r.model.InputLen()
	for _, at := range items {
		if r.reasons[at] == nil {
			it, slot := r.items[at], r.slot(at)
			slots[slot] = &explainwork.Seen{
				Item:  explain.Item{ID: it.ID, Image: it.Image, Truth: it.Truth, Where: it.Where},
				Input: input[slot*size : (slot+1)*size], Geometry: r.maps.geometries[at],
			}
		}
	}
	made, err := r.maps.Maps(ctx, slots, result, r.maps.revision)
	for _, at := range items {
		if err == nil {
			r.maps.made[at] = made[r.slot(at)]
		}
	}
	return err
}

// addMaps writes the chunk's maps into a file, and says which are to be made apart.
func (r *modelRun) addMaps(out *jobs.Result, path string) error {
	if r.maps == nil {
		return nil
	}
	if len(r.maps.Apart) > 0 {
		out.Data = task.JSON(evaluate.Said{Apart: r.maps.Apart})
	}
	var pack []workspace.Packed
	for _, list := range r.maps.made {
		pack = append(pack, list...)
	}
	if len(pack) == 0 {
		return nil
	}
	out.Beside = path
	return workspace.WritePack(path, pack)
}
