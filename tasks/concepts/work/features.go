package work

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/attribution/cam"
	pure "github.com/sightline/sightline/concepts"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/tasks/concepts"
	"github.com/sightline/sightline/worker"
)

// Fewest is of how many samples concepts are found at least: four in each half.
const Fewest = 8

// atOnce is how many samples are read and run together.
const atOnce = 32

// features are samples of a class at the layer: a row of channels per spatial position, samples one
// after another.
type features struct {
	layer      cam.Layer
	samples    []int64
	geometries []imaging.Geometry // from spatial positions to displayed pixels
	values     pure.Matrix        // what is below zero is left out
	slopes     pure.Matrix        // of the class's score less the mean of all
	below, all float64            // squared values below zero, and of all
	unread     int
}

// positions are those of one sample.
func (f *features) positions() int { return f.layer.Grid.Width * f.layer.Grid.Height }

// Load reads a sample and prepares it for the model.
type Load func(context.Context, concepts.Sample) ([]float32, imaging.Geometry, error)

// run is a class on its way.
type run struct {
	*worker.Worker
	task   *jobs.Task // nil outside a job
	scorer worker.Scorer
	load   Load
	concepts.Payload
}

// look runs the samples up to the layer, as many as the budget of memory holds.
func (r *run) look(ctx context.Context, layer cam.Layer) (*features, error) {
	f := &features{layer: layer}
	f.values.Columns, f.slopes.Columns = layer.Grid.Channels, layer.Grid.Channels
	size := f.positions() * layer.Grid.Channels
	list := r.Samples
	if most := max(Fewest, r.Budget.Waiting(int64(2*4*size))); len(list) > most {
		list = list[:most]
	}
	var unanswered worker.Unanswered
	for first := 0; first < len(list); first += atOnce {
		part := list[first:min(first+atOnce, len(list))]
		inputs, geometries, errs := make([][]float32, len(part)), make([]imaging.Geometry, len(part)), make([]error, len(part))
		if err := r.SideBySide(ctx, r.task, len(part), func(i int) {
			inputs[i], geometries[i], errs[i] = r.load(ctx, part[i])
		}); err != nil {
			return nil, err
		}
		var read []float32
		n := 0
		for i, err := range errs {
			if gone := unanswered.Add(err); gone != nil {
				return nil, gone
			}
			if err != nil {
				f.unread++
				continue
			}
			read, n = append(read, inputs[i]...), n+1
			f.samples = append(f.samples, part[i].ID)
			f.geometries = append(f.geometries, layer.Laid(geometries[i]))
		}
		if n > 0 {
			if err := r.add(ctx, f, read, n); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// add runs n inputs and adds what is seen of them.
func (r *run) add(ctx context.Context, f *features, inputs []float32, n int) error {
	seen, err := cam.See(ctx, r.scorer, f.layer.Tensor, inputs, n)
	if err != nil {
		return fmt.Errorf("run samples up to %s: %w", f.layer.Tensor, err)
	}
	classes := r.scorer.Classes()
	seeds := make([]float32, n*classes)
	for i := range seeds {
		seeds[i] = -1 / float32(classes)
		if i%classes == r.Class {
			seeds[i]++
		}
	}
	slopes, err := seen.Slopes(ctx, seeds)
	if err != nil {
		return fmt.Errorf("differentiate the model from %s on: %w", f.layer.Tensor, err)
	}
	f.slopes.Values, f.slopes.Rows = append(f.slopes.Values, slopes...), f.slopes.Rows+n*f.positions()
	row := make([]float32, f.positions()*f.layer.Grid.Channels)
	for i := range n {
		seen.Values(i, row)
		for c, v := range row {
			square := float64(v) * float64(v)
			f.all += square
			if !(v > 0) {
				f.below += square
				row[c] = 0
			}
		}
		f.values.Values, f.values.Rows = append(f.values.Values, row...), f.values.Rows+f.positions()
	}
	return nil
}
