package metrics

import (
	"cmp"
	"slices"
)

// ClusterOrder returns an order of the classes in which those that are confused
// with each other stand together: order[i] is the class to draw at place i.
//
// It is average-linkage hierarchical clustering of the similarity
// n(i,j)/n(i) + n(j,i)/n(j) (the shares of each label that go to the other
// class), each merge joining the two ends that are most alike. Classes that no
// chain of confusions connects are not merged: such groups follow each other by
// their smallest class. Deterministic; O(classes²) time and memory.
func ClusterOrder(c *Confusion) []int {
	n := c.Classes
	sim := similarity(c)
	order := make([]int, 0, n)
	for _, group := range linkAverage(slices.Clone(sim), sim, n) {
		order = append(order, group...)
	}
	return order
}

func similarity(c *Confusion) []float32 {
	n := c.Classes
	sim := make([]float32, n*n)
	for i, k := range c.PerClass() {
		for j, count := range c.Row(i)[:n] {
			if i != j && count > 0 {
				share := float32(ratio(int(count), k.Support))
				sim[i*n+j] += share
				sim[j*n+i] += share
			}
		}
	}
	return sim
}

// linkAverage merges groups by the nearest-neighbour chain algorithm (Murtagh
// 1983), which finds the same tree as always merging the most similar pair but
// in O(n²). link is overwritten; sim stays the similarity of single classes.
func linkAverage(link, sim []float32, n int) [][]int {
	groups := make([][]int, n)
	for i := range groups {
		groups[i] = []int{i}
	}
	var chain []int
	for start := 0; start < n; {
		if len(chain) == 0 {
			if groups[start] == nil {
				start++
				continue
			}
			chain = append(chain, start)
		}
		tip := chain[len(chain)-1]
		before := -1
		if len(chain) > 1 {
			before = chain[len(chain)-2]
		}
		next := nearest(link, groups, n, tip, before)
		switch {
		case next < 0: // alike to nothing: done with this group
			start++
			chain = chain[:0]
		case next == before:
			merge(link, sim, groups, n, tip, next)
			chain = chain[:len(chain)-2]
			start = min(start, tip, next)
		default:
			chain = append(chain, next)
		}
	}
	return remaining(groups)
}

// nearest is the group most similar to tip, preferring before, then the lowest
// index; -1 if nothing is similar at all.
func nearest(link []float32, groups [][]int, n, tip, before int) int {
	best, most := -1, float32(0)
	if before >= 0 {
		best, most = before, link[tip*n+before]
	}
	for j, s := range link[tip*n : (tip+1)*n] {
		if s > most && j != tip && groups[j] != nil {
			best, most = j, s
		}
	}
	return best
}

// merge joins groups a and b into the lower of the two places.
func merge(link, sim []float32, groups [][]int, n, a, b int) {
	if b < a {
		a, b = b, a
	}
	wa, wb := float32(len(groups[a])), float32(len(groups[b]))
	for k := range n {
		s := (wa*link[a*n+k] + wb*link[b*n+k]) / (wa + wb)
		link[a*n+k], link[k*n+a] = s, s
	}
	groups[a] = join(groups[a], groups[b], sim, n)
	groups[b] = nil
}

// join lays two runs end to end in whichever of the four ways puts the most
// similar classes at the seam; the first way wins ties.
func join(a, b []int, sim []float32, n int) []int {
	first, last := func(g []int) int { return g[0] }, func(g []int) int { return g[len(g)-1] }
	seams := [4]float32{
		sim[last(a)*n+first(b)], sim[last(a)*n+last(b)],
		sim[first(a)*n+first(b)], sim[first(a)*n+last(b)],
	}
	way := 0
	for i, s := range seams {
		if s > seams[way] {
			way = i
		}
	}
	if way >= 2 {
		slices.Reverse(a)
	}
	if way%2 == 1 {
		slices.Reverse(b)
	}
	return append(a, b...)
}

func remaining(groups [][]int) [][]int {
	kept := slices.DeleteFunc(groups, func(g []int) bool { return g == nil })
	slices.SortFunc(kept, func(a, b []int) int { return cmp.Compare(slices.Min(a), slices.Min(b)) })
	return kept
}
