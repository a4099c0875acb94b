package concepts

import (
	"cmp"
	"context"
	"math"
	"slices"

	pure "github.com/sightline/sightline/concepts"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/tasks/concepts"
)

func (b *Resources) get(ctx context.Context, in *query) (api.Concepts, error) {
	out := api.Concepts{Evaluation: in.Evaluation, Classes: []api.ConceptClass{}}
	ev, err := b.Store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	list, err := b.All(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	if out.Stale, err = b.Stale(ctx, ev); err != nil {
		return out, err
	}
	out.Missing = len(ev.Classes) - len(list)
	if out.Job, err = b.job(ctx, in.Evaluation); err != nil {
		return out, err
	}
	others := vectors(list)
	for i := range list {
		if len(in.Class) > 0 && !slices.Contains(in.Class, list[i].Index) {
			continue
		}
		one, err := b.class(ctx, in, &list[i], others, ev.Classes)
		if err != nil {
			return out, err
		}
		out.Layer = cmp.Or(out.Layer, list[i].Layer)
		out.Classes = append(out.Classes, one)
	}
	return out, nil
}

// job is the one that is at work on an evaluation's concepts, if one is.
func (b *Resources) job(ctx context.Context, evaluation string) (string, error) {
	list, err := b.Jobs.List(ctx)
	for _, j := range list {
		if j.Kind == concepts.Name && j.State.Active() && wire.Job(j).Result["evaluation"] == evaluation {
			return j.ID, err
		}
	}
	return "", err
}

// part is a concept of a class with its direction.
type part struct {
	class, number int
	vector        []float32
}

func vectors(list []concepts.Stored) (all []part) {
	for _, c := range list {
		for i, one := range c.Concepts {
			all = append(all, part{c.Index, i, floats.From(one.Vector)})
		}
	}
	return all
}

// like is the concept of another class that is most like one.
func like(class int, vector []float32, all []part, names []string) *api.ConceptLike {
	var best *api.ConceptLike
	for _, o := range all {
		if o.class == class || len(o.vector) != len(vector) {
			continue
		}
		if c := pure.Cosine(vector, o.vector); best == nil || c > best.Cosine {
			best = &api.ConceptLike{Class: o.class, ClassName: wire.NameAt(names, o.class), Number: o.number + 1, Cosine: c}
		}
	}
	return best
}

func (b *Resources) class(ctx context.Context, in *query, s *concepts.Stored, all []part, names []string) (api.ConceptClass, error) {
	out := api.ConceptClass{Index: s.Index, Name: wire.NameAt(names, s.Index), Reason: s.Reason, Samples: s.Samples, Unread: s.Unread, Missed: s.Missed, Below: s.Below,
		Asked: s.Asked, Settled: s.Settled, Seconds: s.Seconds, Forward: s.Forward, Concepts: []api.Concept{},
		Tried: wire.List(s.Tried, func(t pure.Try) api.ConceptTry { return api.ConceptTry(t) })}
	var where []concepts.Seen
	if in.Samples > 0 && len(s.Concepts) > 0 {
		var err error
		if where, err = b.Where(ctx, in.Evaluation, s.Index); err != nil {
			return out, err
		}
	}
	paths := map[int64]string{}
	for i, c := range s.Concepts {
		one := api.Concept{Number: i + 1, Name: c.Name, Share: c.Share, Adds: c.Adds, Low: c.Low, High: c.High, Returns: c.Return, Stable: c.Stable, Area: c.Area,
			Like: like(s.Index, floats.From(c.Vector), all, names), Samples: []api.ConceptSample{}}
		slices.SortStableFunc(where, func(a, b concepts.Seen) int { return cmp.Compare(b.Strengths[i], a.Strengths[i]) })
		for j := range where[:min(in.Samples, len(where))] {
			one.Samples = append(one.Samples, sample(s, &where[j], i))
			paths[where[j].Sample] = ""
		}
		out.Concepts = append(out.Concepts, one)
	}
	return out, b.name(ctx, in.Evaluation, paths, out.Concepts)
}

// name fills the paths of samples.
func (b *Resources) name(ctx context.Context, evaluation string, paths map[int64]string, list []api.Concept) error {
	var ids []int64
	for id := range paths {
		ids = append(ids, id)
	}
	items, err := b.Store.Results.ItemsOf(ctx, evaluation, ids)
	if err != nil {
		return err
	}
	for _, it := range items {
		paths[it.ID] = it.Path
	}
	for i := range list {
		for j := range list[i].Samples {
			list[i].Samples[j].Path = paths[list[i].Samples[j].ID]
		}
	}
	return nil
}

// sample is where a concept is on a sample; coordinates have tenths of pixels.
func sample(s *concepts.Stored, at *concepts.Seen, concept int) api.ConceptSample {
	tenths := func(v float64) float64 { return math.Round(v*10) / 10 }
	region := s.Mask(&at.Place, at.Places, concept)
	out := api.ConceptSample{ID: at.Sample, Width: at.Geometry.DisplayWidth, Height: at.Geometry.DisplayHeight,
		Strength: float64(at.Strengths[concept]), Adds: float64(at.Adds[concept]), Boxes: [][4]float64{}}
	left, top, right, bottom := region.Bounds()
	out.Bounds = [4]float64{tenths(left), tenths(top), tenths(right), tenths(bottom)}
	for i := range region {
		left, top, right, bottom := region[i : i+1].Bounds()
		out.Boxes = append(out.Boxes, [4]float64{tenths(left), tenths(top), tenths(right), tenths(bottom)})
	}
	return out
}
