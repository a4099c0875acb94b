package whatif

import (
	"cmp"
	"slices"

	"github.com/sightline/sightline/regions"
)

// decidesAlone is the share of screened samples from which on an area that turns as many is not
// hidden together with another: nothing is hidden behind it.
const decidesAlone = 0.5

// join adds the two strongest areas of a class, hidden together: of two that do the same, hiding
// one shows nothing. Those that lie on one another are no two.
func (d *designer) join(t *tested) error {
	a, b, err := d.strongestTwo(t)
	if err != nil || b == nil || max(a.Turned, b.Turned) >= decidesAlone {
		return err
	}
	t.pairs = append(t.pairs, Pair{Class: t.class, Shape: together(a.Region, b.Region), Builtin: a.Builtin && b.Builtin,
		Area: a.Area + b.Area, Score: min(a.Score, b.Score), Turned: max(a.Turned, b.Turned), Elsewhere: min(a.Elsewhere, b.Elsewhere), How: Hidden})
	return nil
}

// joint tells whether a pair is of several areas together.
func (p Pair) joint() bool { return len(p.Parts) > 0 }

// strongestTwo are the two candidates of a class that are tested and took most of the margin, by
// their share of it less their area, and lie apart; b is nil without two.
func (d *designer) strongestTwo(t *tested) (a, b *Pair, err error) {
	if len(t.ids) == 0 {
		return nil, nil, nil
	}
	where, err := d.where(t.class, t.ids[:1])
	if err != nil {
		return nil, nil, err
	}
	all, err := Candidates(where[t.ids[0]])
	if err != nil {
		return nil, nil, err
	}
	var list []*Pair
	for i := range t.pairs {
		if p := &t.pairs[i]; p.How == Hidden && !p.Whole && p.Score > 0 && find(all, p.Region) != nil {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *Pair) int { return cmp.Compare(b.Score*(1-b.Area), a.Score*(1-a.Area)) })
	for i, a := range list {
		for _, b := range list[i+1:] {
			if regions.Clear(find(all, a.Region), find(all, b.Region), regions.MostControlOverlap) {
				return a, b, nil
			}
		}
	}
	return nil, nil, nil
}
