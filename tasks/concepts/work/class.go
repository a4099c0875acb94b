package work

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	pure "github.com/sightline/sightline/concepts"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/tasks/concepts"
	"github.com/sightline/sightline/worker"
)

// Class finds the concepts of a class. Where there can be none, the result says why. t is nil outside
// a job; load reads a sample.
func Class(ctx context.Context, w *worker.Worker, t *jobs.Task, s worker.Scorer, p concepts.Payload, load Load) (*concepts.Result, error) {
	began := time.Now()
	layer, err := ready(ctx, s)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return none("%v. Occlusion tells what it looks at all the same: `sightline look DATASET MODEL --make --method occlusion`", err), nil
	}
	if len(p.Samples) < Fewest {
		return none("the model predicts %d images of this class right, and concepts need %d: evaluate more images of it, or look first at what it is taken for", len(p.Samples), Fewest), nil
	}
	r := &run{w, t, s, load, p}
	f, err := r.look(ctx, layer)
	if err != nil {
		return nil, err
	}
	forward := time.Since(began)
	if len(f.samples) < Fewest {
		return none("%d of %d images cannot be read, and concepts need %d: import the dataset again where it is now", f.unread, len(p.Samples), Fewest), nil
	}
	if bad := finite(f); bad != "" {
		return none("%s", bad), nil
	}
	found, err := pure.Find(f.values, f.positions(), pure.Options{K: p.K, Seed: p.Seed, Each: func(n int, work func(int)) error { return w.SideBySide(ctx, t, n, work) }})
	if err != nil {
		return nil, err
	}
	out := r.tell(f, found)
	out.Class.Forward, out.Class.Seconds = forward.Seconds(), time.Since(began).Seconds()
	return out, nil
}

func none(format string, args ...any) *concepts.Result {
	return &concepts.Result{Class: concepts.Class{Reason: fmt.Sprintf(format, args...)}}
}

// ready finds the layer and opens the two parts of the model.
func ready(ctx context.Context, s worker.Scorer) (cam.Layer, error) {
	d, err := attribution.Inside(s)
	if err != nil {
		return cam.Layer{}, err
	}
	layer, err := cam.Ready(ctx, d, "")
	if missing := (*cam.NoLayerError)(nil); errors.As(err, &missing) {
		return layer, errors.New("no layer of the model has spatial positions, so there is no place to look for concepts in")
	}
	return layer, err
}

// finite says what is wrong with values that cannot be factorised.
func finite(f *features) string {
	sum := 0.0
	for _, v := range f.values.Values {
		sum += float64(v)
	}
	for _, v := range f.slopes.Values {
		sum += math.Abs(float64(v))
	}
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return "the model gives values that are no numbers (NaN or infinity) at the layer " + f.layer.Tensor + " for an image of this class"
	case sum == 0:
		return "all values at the layer " + f.layer.Tensor + " are zero or below, so there is nothing to part"
	}
	return ""
}

// tell puts together what is known of each concept, those that add most to the class's score first.
func (r *run) tell(f *features, found *pure.Found) *concepts.Result {
	weights := pure.Weights(f.values, found.Vectors)
	k, n := found.Vectors.Rows, len(f.samples)
	adds := make([][]stats.Sample, k)
	for i := range adds {
		adds[i] = r.adds(f, found.Vectors.Row(i), weights, i)
	}
	estimates, order := make([]stats.Estimate, k), make([]int, k)
	speaking := 0.0
	for i := range adds {
		estimates[i], order[i] = stats.Mean(adds[i]), i
		speaking += max(0, estimates[i].Mean)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(estimates[b].Mean, estimates[a].Mean) })
	out := &concepts.Result{Samples: f.samples, Where: make([]concepts.Place, n)}
	out.Class = concepts.Class{Layer: f.layer.Tensor, Channels: f.layer.Grid.Channels, Width: f.layer.Grid.Width, Height: f.layer.Grid.Height,
		Samples: n, Unread: f.unread, Missed: pure.Missed(f.values, pure.Factors{W: weights, H: found.Vectors}), Asked: found.Asked, Settled: found.Settled, Tried: found.Tried}
	if f.all > 0 {
		out.Class.Below = f.below / f.all
	}
	for _, i := range order {
		e := estimates[i]
		c := concepts.Concept{Adds: e.Mean, Low: e.Low, High: e.High, Return: found.Returns[i], Stable: found.Stable(i)}
		if speaking > 0 {
			c.Share = e.Mean / speaking
		}
		out.Concepts = append(out.Concepts, c)
		out.Vectors = append(out.Vectors, floats.Bytes(found.Vectors.Row(i))...)
	}
	r.place(f, weights, order, adds, out)
	return out
}

// adds is what a concept adds to the class's score on each sample: its part of the values, times the
// score's gradient there.
func (r *run) adds(f *features, vector []float32, weights pure.Matrix, concept int) []stats.Sample {
	out, places := make([]stats.Sample, len(f.samples)), f.positions()
	for s := range out {
		for p := s * places; p < (s+1)*places; p++ {
			if weight := weights.Row(p)[concept]; weight > 0 {
				slope := 0.0
				for c, v := range f.slopes.Row(p) {
					slope += float64(v) * float64(vector[c])
				}
				out[s].Value += float64(weight) * slope
			}
		}
	}
	return out
}

// place tells where the concepts are on each sample.
func (r *run) place(f *features, weights pure.Matrix, order []int, adds [][]stats.Sample, out *concepts.Result) {
	places := f.positions()
	for s := range f.samples {
		where := concepts.Place{Geometry: f.geometries[s]}
		for rank, i := range order {
			m := attribution.Map{Width: f.layer.Grid.Width, Height: f.layer.Grid.Height, Geometry: f.geometries[s], Values: make([]float32, places)}
			most := float32(0)
			for p := range places {
				m.Values[p] = weights.Row(s*places + p)[i]
				most = max(most, m.Values[p])
			}
			where.Strengths, where.Adds = append(where.Strengths, most), append(where.Adds, float32(adds[i][s].Value))
			out.Places = append(out.Places, levels(m.Values, most)...)
			size := float64(m.Geometry.DisplayWidth * m.Geometry.DisplayHeight)
			out.Concepts[rank].Area += regions.Above(&m, concepts.Inside).Area() / size / float64(len(f.samples))
		}
		out.Where[s] = where
	}
}

// levels are values in 255 parts of the largest.
func levels(values []float32, most float32) []byte {
	out := make([]byte, len(values))
	for i, v := range values {
		if most > 0 {
			out[i] = byte(math.Round(float64(v / most * 255)))
		}
	}
	return out
}
