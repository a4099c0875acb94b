package whatif

import (
	"slices"

	"github.com/sightline/sightline/findings"
)

// paste puts the areas that passed the test into samples of other classes.
func (d *designer) paste() error {
	table, err := tableBefore(d.ctx, d, nil, Paste)
	if err != nil {
		return err
	}
	classes := d.classes()
	slices.Sort(classes)
	claims, each, err := d.affordable(table.claims(pastePairs))
	if err != nil {
		return err
	}
	for _, f := range claims {
		if len(classes) < 2 {
			break
		}
		d.plan.Pairs = append(d.plan.Pairs, Pair{Class: f.Class, Shape: Shape{Region: f.Region, Parts: f.Parts, Whole: f.Whole}, Builtin: f.Builtin, Area: f.Area, How: Put})
	}
	for i, p := range d.plan.Pairs {
		for k, r := range d.recipients(classes, p.Class, each) {
			u := Unit{Sample: r.sample, Class: r.class, Pairs: []int{i}}
			u.Donors = append(u.Donors, Given{Pair: i, Sample: d.pick(p.Class, k), Class: p.Class, Fill: FillPaste})
			if third, ok := thirdClass(classes, p.Class, r.class, k); ok {
				u.Donors = append(u.Donors, Given{Pair: i, Sample: d.pick(third, k), Class: third, Fill: FillPaste, Place: 1})
			}
			d.plan.Units = append(d.plan.Units, u)
			d.plan.Passes += 1 + len(u.Donors)
		}
	}
	return nil
}

// affordable is how many of the claims, and how many samples of each, the rest of the budget
// allows to paste.
func (d *designer) affordable(claims []findings.Finding) (list []findings.Finding, each int, err error) {
	left, err := d.left(Paste)
	if err != nil {
		return nil, 0, err
	}
	most := max(0, left/(pasteCost*fewestTest))
	for _, f := range claims[min(most, len(claims)):] {
		d.untested(f.Class, f.Region, "it was not pasted: the budget of forward passes went to stronger findings")
	}
	list = claims[:min(most, len(claims))]
	return list, min(pasteSamples, left/pasteCost/max(1, len(list))), nil
}

// recipient is a sample that something is pasted into.
type recipient struct {
	sample int64
	class  int
}

// recipients takes at most so many samples of the other classes in turn.
func (d *designer) recipients(classes []int, class, most int) (list []recipient) {
	for round := 0; ; round++ {
		added := false
		for _, c := range classes {
			if c == class || round >= len(d.right[c]) {
				continue
			}
			if list = append(list, recipient{d.right[c][round], c}); len(list) == most {
				return list
			}
			added = true
		}
		if !added {
			return list
		}
	}
}

// pick is a sample of a class to take an area from.
func (d *designer) pick(class, k int) int64 { return d.right[class][k%len(d.right[class])] }

// thirdClass is one that is neither of two; ok is false if there is none.
func thirdClass(classes []int, a, b, k int) (int, bool) {
	for i := range classes {
		if c := classes[(k+i)%len(classes)]; c != a && c != b {
			return c, true
		}
	}
	return 0, false
}
