package whatif

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/trials"
)

// How an area is tightened.
const (
	tightenSamples = 10
	tightenKeeps   = 0.8 // of the effect, whatever is cut off
)

// tighten tries the parts of the areas that were found, or of the parts that were found before:
// its halves at either end and in the middle, across, along, and both. Regions of the dataset
// stay as they are: somebody drew them.
func (d *designer) tighten(stage string) error {
	table, err := tableBefore(d.ctx, d, nil, stage)
	if err != nil {
		return err
	}
	left, err := d.left(stage)
	if err != nil {
		return err
	}
	for _, f := range table.claims(pastePairs) {
		if !f.Builtin || f.Whole || f.Fragile || len(f.Parts) > 0 || stage == Again && f.Tight == nil {
			continue
		}
		cuts := halves()
		if f.Tight != nil {
			cuts = inside(f.Tight.Cut)
		}
		ids := d.others(f.Class)
		ids = ids[:min(len(ids), tightenSamples)]
		cost := len(ids) * (len(cuts) + 2)
		if left < cost {
			d.untested(f.Class, f.Region, "it was not tightened: the budget of forward passes was spent")
			continue
		}
		left -= cost
		d.narrow(&f, cuts, ids)
	}
	return nil
}

// left is what the stages before one left of the budget.
func (d *designer) left(stage string) (int, error) {
	left := d.plan.Basis.Budget
	for _, before := range Stages()[:slices.Index(Stages(), stage)] {
		plan, _, err := d.Made(d.ctx, before)
		if err != nil {
			return 0, err
		}
		if plan != nil {
			left -= plan.Passes
		}
	}
	return left, nil
}

// narrow adds an area and the parts of it.
func (d *designer) narrow(f *findings.Finding, cuts []findings.Cut, ids []int64) {
	first := len(d.plan.Pairs)
	area := Pair{Class: f.Class, Shape: Shape{Region: f.Region}, Builtin: true, How: Narrow, Of: f.Region}
	if f.Main().Fill == FillSwap {
		area.How = Traded
	}
	d.plan.Pairs = append(d.plan.Pairs, area)
	for _, cut := range cuts {
		part := area
		part.Shape = Shape{Region: fmt.Sprintf("%s %v", f.Region, cut), Parts: []string{f.Region}, Within: &cut}
		d.plan.Pairs = append(d.plan.Pairs, part)
	}
	t := &tested{class: f.Class, ids: ids}
	for i, id := range ids {
		u := Unit{Sample: id, Class: f.Class}
		for pair := first; pair < len(d.plan.Pairs); pair++ {
			u.Pairs = append(u.Pairs, pair)
			if area.How == Traded {
				u.Donors = append(u.Donors, once(d.foreign(pair, t, i))...)
			}
		}
		d.plan.Units = append(d.plan.Units, u)
		d.plan.Passes += 1 + len(u.Pairs)
	}
}

// once is the first of samples to take an area from.
func once(list []Given) []Given { return list[:min(1, len(list))] }

// halves are the parts of a box that are half as wide, half as high, or both, at either end and
// in the middle.
func halves() (list []findings.Cut) {
	type span struct{ from, to float64 }
	spans := []span{{0, 1}, {0, 0.5}, {0.25, 0.75}, {0.5, 1}}
	for _, x := range spans {
		for _, y := range spans {
			if x != y || x.to-x.from < 1 {
				list = append(list, findings.Cut{Left: x.from, Top: y.from, Right: x.to, Bottom: y.to})
			}
		}
	}
	return list
}

// inside are the halves of a part.
func inside(of findings.Cut) []findings.Cut {
	list := halves()
	w, h := of.Right-of.Left, of.Bottom-of.Top
	for i, c := range list {
		list[i] = findings.Cut{Left: of.Left + c.Left*w, Top: of.Top + c.Top*h, Right: of.Left + c.Right*w, Bottom: of.Top + c.Bottom*h}
	}
	return list
}

// addTightened finds the smallest part of each area that keeps the effect.
func addTightened(at map[pairKey]*findings.Pair, plan *Plan, list []trials.Trial) {
	of := map[pairKey]*narrowed{}
	for _, unit := range byUnit(list) {
		before, ok := asIs(unit)
		if !ok {
			continue
		}
		for _, t := range unit[1:] {
			key := pairKey{t.Class, t.Region}
			if of[key] == nil {
				of[key] = &narrowed{}
			}
			of[key].add(before, t)
		}
	}
	for _, p := range plan.Pairs {
		pair, part, whole := at[pairKey{p.Class, p.Of}], of[pairKey{p.Class, p.Region}], of[pairKey{p.Class, p.Of}]
		if pair == nil || part == nil || whole == nil || p.Within == nil || part.n < whole.n || whole.lost <= 0 {
			continue
		}
		kept := part.lost / whole.lost
		if kept < tightenKeeps || part.turned < tightenKeeps*whole.turned {
			continue
		}
		place := find(regions.Places(1, 1), p.Of)
		left, top, right, bottom := p.Within.Of(place.Bounds())
		found := findings.Tight{Cut: *p.Within, Box: findings.Cut{Left: left, Top: top, Right: right, Bottom: bottom},
			Area: place.Within(left, top, right, bottom).Area(), Kept: kept, N: part.n}
		if old := pair.Tight; old == nil || found.Area < old.Area-1e-9 || found.Area < old.Area+1e-9 && found.Kept > old.Kept {
			pair.Tight = &found
		}
	}
}

// narrowed adds up what hiding an area, or a part of it, does.
type narrowed struct {
	n            int
	lost, turned float64
}

func (s *narrowed) add(before, t trials.Trial) {
	was, is := findings.OutcomeOf(before.Scores(), t.Class), findings.OutcomeOf(t.Scores(), t.Class)
	s.n++
	s.lost += was.Margin - is.Margin
	if is.Winner != t.Class {
		s.turned++
	}
}
