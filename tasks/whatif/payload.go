package whatif

import (
	"context"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// Located is a sample's file, and where its regions are.
type Located struct {
	Image task.Image
	Where explain.Drawn
}

// drawn reads files and regions of samples.
func (w Service) drawn(ctx context.Context, dataset string, ids []int64) (map[int64]Located, error) {
	files, err := w.Store.Catalog.Files(ctx, ids)
	if err != nil {
		return nil, err
	}
	_, where, err := explain.DrawnOf(ctx, w.Store, dataset, files)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]Located, len(files))
	for i, f := range files {
		found[f.Sample] = Located{task.ImageOf(f), where[i]}
	}
	return found, nil
}

// payload makes what a worker needs for units of a plan.
func (w *planner) payload(ctx context.Context, evaluation string, plan *Plan, units []int64) (Payload, error) {
	ev, err := w.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return Payload{}, err
	}
	seen := map[int64]bool{}
	var ids []int64
	need := func(id int64) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, i := range units {
		need(plan.Units[i].Sample)
		for _, g := range plan.Units[i].Donors {
			need(g.Sample)
		}
	}
	found, err := w.drawn(ctx, ev.Dataset, ids)
	if err != nil {
		return Payload{}, err
	}
	out := Payload{Spec: ev.Spec, Seed: plan.Seed}
	for _, i := range units {
		out.Items = append(out.Items, plan.Item(int(i), ev.Classes, found))
	}
	return out, nil
}

// Item is what a worker needs of a unit; found has its samples, classes the names of all classes.
func (p *Plan) Item(unit int, classes []string, found map[int64]Located) Item {
	u := p.Units[unit]
	at := found[u.Sample]
	it := Item{Unit: unit, ID: u.Sample, Class: u.Class, Image: at.Image, Where: withObject(at.Where, classes[u.Class])}
	for _, i := range u.Pairs {
		pair := p.Pairs[i]
		a := Area{Shape: pair.Shape, Class: pair.Class, Fills: pair.fills()}
		if pair.How == Hidden && !u.Bare {
			a.Controls, a.Matter = pair.controls(), pair.Matter
		}
		for _, g := range u.Donors {
			if g.Pair == i {
				donor := found[g.Sample]
				a.Donors = append(a.Donors, Donor{ID: g.Sample, Fill: g.Fill, Place: g.Place, Image: donor.Image, Where: withObject(donor.Where, classes[g.Class])})
			}
		}
		it.Areas = append(it.Areas, a)
	}
	return it
}

// fills are those that a pair is hidden by: one to screen it, two to test it.
func (p Pair) fills() []string {
	if p.Whole {
		return nil
	}
	switch p.How {
	case "":
		return []string{string(regions.Pyramid)}
	case Put, Traded:
		return nil
	case Narrow:
		return []string{string(regions.Pyramid)}
	}
	return []string{string(regions.Pyramid), string(regions.Blur)}
}
