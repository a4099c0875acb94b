package projection

import (
	"math"
	"slices"

	"github.com/sightline/sightline/neighbours"
)

// Graph is a fuzzy set of edges between rows: symmetric, without loops, in the order of rows.
type Graph struct {
	From    []int32   // [n+1]: where the edges of a row begin
	To      []int32   // of an edge, ascending within a row
	Weights []float32 // of an edge, in (0, 1]
}

// Len is how many rows there are.
func (g *Graph) Len() int { return len(g.From) - 1 }

// Fuzzy makes the graph of lists of neighbours, whose distance is 1 less the cosine (McInnes 2018, algorithms 2 and 3;
// local connectivity 1): the nearest neighbour has weight 1, the weights of a row sum to log2(K+1), and both
// directions join to a + b − ab.
func Fuzzy(l *neighbours.Lists) *Graph {
	n := l.Len()
	weights := make([]float32, len(l.Rows))
	inBlocks(n, func(_, from, to int) {
		for i := from; i < to; i++ {
			_, cosines := l.Of(i)
			memberships(cosines, math.Log2(float64(l.K+1)), weights[i*l.K:])
		}
	})
	return joined(l, weights)
}

// memberships fills weights of one row's neighbours.
func memberships(cosines []float32, target float64, weights []float32) {
	if len(cosines) == 0 {
		return
	}
	distances := make([]float64, len(cosines))
	near, mean := 0.0, 0.0
	for i, c := range cosines {
		distances[i] = max(0, 1-float64(c))
		if near == 0 {
			near = distances[i] // the first that is not zero
		}
		mean += distances[i] / float64(len(cosines))
	}
	width := max(widthOf(distances, near, target), 1e-3*mean)
	for i, d := range distances {
		weights[i] = 1
		if d > near {
			weights[i] = float32(math.Exp((near - d) / width)) // 0 where width is: then all are equally near
		}
	}
}

// widthOf halves its way to the width by which the weights of a row sum to target.
func widthOf(distances []float64, near, target float64) float64 {
	low, high, width := 0.0, math.Inf(1), 1.0
	for range 64 {
		sum := 0.0
		for _, d := range distances {
			sum += math.Exp(-max(0, d-near) / width)
		}
		switch {
		case math.Abs(sum-target) < 1e-5:
			return width
		case sum > target:
			high, width = width, (low+width)/2
		case math.IsInf(high, 1):
			low, width = width, width*2
		default:
			low, width = width, (width+high)/2
		}
	}
	return width
}

// joined is the union of the directed edges and of those turned round.
func joined(l *neighbours.Lists, weights []float32) *Graph {
	n := l.Len()
	type edge struct {
		to     int32
		weight float32
	}
	edges := make([][]edge, n)
	for i := range n {
		rows, _ := l.Of(i)
		for j, to := range rows {
			if w := weights[i*l.K+j]; w > 0 {
				edges[i] = append(edges[i], edge{to, w})
				edges[to] = append(edges[to], edge{int32(i), w})
			}
		}
	}
	g := &Graph{From: make([]int32, 1, n+1)}
	for _, list := range edges {
		slices.SortFunc(list, func(a, b edge) int { return int(a.to - b.to) })
		for k := 0; k < len(list); k++ {
			w := list[k].weight
			if k+1 < len(list) && list[k+1].to == list[k].to {
				k++ // a + b − ab is the same whichever comes first
				w = w + list[k].weight - w*list[k].weight
			}
			g.To, g.Weights = append(g.To, list[k].to), append(g.Weights, w)
		}
		g.From = append(g.From, int32(len(g.To)))
	}
	return g
}
