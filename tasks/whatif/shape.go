package whatif

import (
	"slices"
	"strings"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/explain"
)

// Shape is an area of samples: a region by its name, several together, or a part of one.
type Shape struct {
	Region string        `json:"region"`           // what its trials are stored under
	Parts  []string      `json:"parts,omitempty"`  // the regions that it is made of; none: Region itself
	Whole  bool          `json:"whole,omitempty"`  // no area: a property of the whole image, see package properties
	Within *findings.Cut `json:"within,omitempty"` // the part of its box that is meant; nil: all of it
	Box    *findings.Cut `json:"box,omitempty"`    // no region: a box in shares of the image
}

// together is the shape of regions that are changed at once.
func together(names ...string) Shape { return Shape{Region: strings.Join(names, " + "), Parts: names} }

// names lists the regions that a shape is made of.
func (s Shape) names() []string {
	if len(s.Parts) > 0 {
		return s.Parts
	}
	return []string{s.Region}
}

// in finds the parts of a shape among regions; nil if one is missing, or nothing is left of it.
func (s Shape) in(all []regions.Named) (parts []regions.Region) {
	for _, name := range s.names() {
		r := find(all, name)
		if r != nil && s.Within != nil {
			r = r.Within(s.Within.Of(r.Bounds()))
		}
		if len(r) == 0 {
			return nil
		}
		parts = append(parts, r)
	}
	return parts
}

// PartsOf finds the parts of a shape in a sample; nil if the sample does not have all of them.
func PartsOf(where explain.Drawn, s Shape) ([]regions.Region, error) {
	all, err := Candidates(where)
	if err != nil {
		return nil, err
	}
	if s.Whole {
		return []regions.Region{regions.Box(0, 0, float64(where.Width), float64(where.Height))}, nil
	}
	if s.Box != nil {
		w, h := float64(where.Width), float64(where.Height)
		return []regions.Region{regions.Box(s.Box.Left*w, s.Box.Top*h, s.Box.Right*w, s.Box.Bottom*h)}, nil
	}
	return s.in(all), nil
}

// ControlsOf finds an area of a sample, nil if it does not have it, and as many places to
// compare it with, which spare the regions that matter. Of several parts together each is moved
// by itself, and spares the others.
func ControlsOf(where explain.Drawn, s Shape, matter []string, want int, seed uint64) (region regions.Region, controls []regions.Region, err error) {
	all, err := Candidates(where)
	if err != nil {
		return nil, nil, err
	}
	parts, err := PartsOf(where, s)
	if err != nil || parts == nil || want == 0 || s.Whole {
		return slices.Concat(parts...), nil, err
	}
	var spare []regions.Region
	for _, other := range matter {
		if r := find(all, other); r != nil && !slices.Contains(s.names(), other) {
			spare = append(spare, r)
		}
	}
	for i, part := range parts {
		others := append(append(spare[:len(spare):len(spare)], parts[:i]...), parts[i+1:]...)
		moved := regions.Controls(part, where.Width, where.Height, others, want, seed+uint64(i)<<32)
		if i == 0 {
			controls = moved
		} else {
			controls = paired(controls, moved)
		}
	}
	return slices.Concat(parts...), controls, nil
}

// paired puts each of some places together with one of others that is clear of it.
func paired(some, others []regions.Region) (list []regions.Region) {
	used := make([]bool, len(others))
	for _, a := range some {
		for i, b := range others {
			if !used[i] && regions.Clear(a, b, regions.MostControlOverlap) {
				used[i], list = true, append(list, append(a[:len(a):len(a)], b...))
				break
			}
		}
	}
	return list
}
