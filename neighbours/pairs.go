package neighbours

import (
	"cmp"
	"math"
	"slices"
)

// Pair is two rows of which at least one has the other in its list; A < B.
type Pair struct {
	A, B   int
	Cosine float32
}

// Pairs are those with at least a cosine, each once, the most similar first: near duplicates. Of
// more than K rows that are all alike some pairs are in no list, but each row is in one.
func (l *Lists) Pairs(least float32) (pairs []Pair) {
	for row := range l.Len() {
		others, cosines := l.Of(row)
		for j, other := range others {
			if cosines[j] < least {
				break
			}
			a, b := min(row, int(other)), max(row, int(other))
			if theirs, _ := l.Of(int(other)); row > a && slices.Contains(theirs, int32(row)) {
				continue // told when the other row was looked at
			}
			pairs = append(pairs, Pair{a, b, cosines[j]})
		}
	}
	slices.SortFunc(pairs, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Cosine, x.Cosine), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return pairs
}

// Apart is how far each row is from its neighbours: 1 less the mean cosine, 0 to 2; NaN for one that has none.
func (l *Lists) Apart() []float64 {
	out := make([]float64, l.Len())
	for row := range out {
		_, cosines := l.Of(row)
		sum := 0.0
		for _, c := range cosines {
			sum += float64(c)
		}
		if out[row] = math.NaN(); len(cosines) > 0 {
			out[row] = 1 - sum/float64(len(cosines))
		}
	}
	return out
}
