package compare

import (
	"cmp"
	"slices"

	"github.com/sightline/sightline/stats"
)

// A Move is a cell of the confusion matrix in both evaluations, over the same images. The label
// is the later one; Class may be NoDecision.
type Move struct {
	Label, Class int
	Before, Now  int
	// Stayed, Came and Left count the images that are in the cell in both, only now, and only before.
	Stayed, Came, Left []Way
	// Low and High are the paired interval of Now − Before, of images with this label.
	Low, High float64
}

// A Way counts the images of a move of which the same became.
type Way struct {
	Transition Transition
	Count      int
}

// Moves lists the cells that hold an image before or now, those that changed most first.
func (p *Pairs) Moves() []Move {
	type at struct{ label, class int }
	found, labels := map[at]*Move{}, map[int]int{}
	cell := func(label, class int) *Move {
		m := found[at{label, class}]
		if m == nil {
			m = &Move{Label: label, Class: class}
			found[at{label, class}] = m
		}
		return m
	}
	for _, c := range p.Cells {
		labels[c.Truth] += c.Count
		now, moved := cell(c.Truth, c.Now), Way{c.transition(), c.Count}
		now.Now += c.Count
		if c.Before == c.Now {
			now.Before += c.Count
			now.Stayed = add(now.Stayed, moved)
			continue
		}
		now.Came = add(now.Came, moved)
		if c.Before >= NoDecision {
			before := cell(c.Truth, c.Before)
			before.Before += c.Count
			before.Left = add(before.Left, moved)
		}
	}
	list := make([]Move, 0, len(found))
	for _, m := range found {
		n := labels[m.Label]
		low, high := stats.PairedProportions(count(m.Stayed), count(m.Came), count(m.Left), n, stats.Level)
		m.Low, m.High = low*float64(n), high*float64(n)
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b Move) int {
		return cmp.Or(cmp.Compare(size(b.Now-b.Before), size(a.Now-a.Before)), cmp.Compare(count(b.Came)+count(b.Left), count(a.Came)+count(a.Left)),
			cmp.Compare(b.Now, a.Now), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Class, b.Class))
	})
	return list
}

func add(list []Way, m Way) []Way {
	i := slices.IndexFunc(list, func(o Way) bool { return o.Transition == m.Transition })
	if i < 0 {
		return append(list, m)
	}
	list[i].Count += m.Count
	return list
}

func count(list []Way) int {
	n := 0
	for _, m := range list {
		n += m.Count
	}
	return n
}

func size(n int) int { return max(n, -n) }
