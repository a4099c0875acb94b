package findings

import (
	"math"
	"slices"
)

// together leaves out areas that were hidden together and turn hardly more than one of them does
// by itself, or than another area of the class: that one says it. What is left hides behind each
// other: of two areas that do the same, hiding one shows nothing.
func together(list []Finding, pairs []Pair) []Finding {
	all := slices.Clone(list)
	return slices.DeleteFunc(list, func(f Finding) bool { return len(f.Parts) > 0 && (said(&f, all) || !beyond(&f, pairs)) })
}

// said tells whether a claim about one area of the class, no larger, turns nearly as many.
func said(f *Finding, list []Finding) bool {
	return slices.ContainsFunc(list, func(o Finding) bool {
		return o.Class == f.Class && len(o.Parts) == 0 && o.Area <= f.Area && o.Claims() && o.Main().Turned > f.Main().Turned-pointsMore
	})
}

// beyond tells whether several areas together turn more than each of them, in all ways of hiding:
// by ten points, which chance does not explain.
func beyond(f *Finding, pairs []Pair) bool {
	find := func(region string) *Pair {
		i := slices.IndexFunc(pairs, func(p Pair) bool { return p.Class == f.Class && p.Region == region })
		if i < 0 {
			return nil
		}
		return &pairs[i]
	}
	joint := find(f.Region)
	var parts []*Pair
	for _, name := range f.Parts {
		p := find(name)
		if p == nil {
			return false
		}
		parts = append(parts, p)
	}
	shown := false
	for _, fill := range joint.fillNames() {
		both, alone := joint.beside(parts, fill)
		if len(both) == 0 {
			continue // one of them was hidden, and another swapped
		}
		more := make([]float64, len(both))
		for i := range both {
			more[i] = both[i] - alone[i]
		}
		if mean, low, _ := difference(more); len(both) < fewestForP || mean < pointsMore || low <= 0 {
			return false
		}
		if !shown {
			f.Alone = sum(alone) / float64(len(alone))
		}
		shown = true
	}
	return shown
}

// beside lists, of the samples that were changed in a way in all of the areas, whether they turned
// when all were changed at once, and whether they did for one of them at least.
func (p *Pair) beside(parts []*Pair, fill string) (both, alone []float64) {
	for _, s := range p.Samples {
		together := s.changed(fill)
		single := 0.0
		for _, part := range parts {
			i := slices.IndexFunc(part.Samples, func(o Sample) bool { return o.ID == s.ID })
			if i < 0 || len(part.Samples[i].changed(fill)) == 0 {
				together = nil
				break
			}
			single = math.Max(single, share(part.Samples[i].changed(fill), p.Class))
		}
		if len(together) > 0 {
			both, alone = append(both, share(together, p.Class)), append(alone, single)
		}
	}
	return both, alone
}

// changed is what changing the area in a way did to a sample.
func (s *Sample) changed(fill string) []Outcome {
	for _, f := range s.Fills {
		if f.Name == fill {
			return f.Changed
		}
	}
	return nil
}
