package projection

import (
	"cmp"
	"slices"
)

// Kept is the share of neighbours that stay near: of the lists of some rows, those that are among the 2·K nearest in the plane.
func Kept(rows []int, lists func(row int) []int32, points []float32) float64 {
	kept, all := 0, 0
	for _, row := range rows {
		want := lists(row)
		near := nearestIn(points, row, 2*len(want))
		for _, w := range want {
			if slices.Contains(near, w) {
				kept++
			}
		}
		all += len(want)
	}
	return float64(kept) / float64(max(1, all))
}

// nearestIn are the rows nearest to one in the plane.
func nearestIn(points []float32, row, k int) []int32 {
	type other struct {
		row    int32
		square float32
	}
	list := make([]other, 0, len(points)/2)
	for i := range len(points) / 2 {
		if i != row {
			dx, dy := points[2*i]-points[2*row], points[2*i+1]-points[2*row+1]
			list = append(list, other{int32(i), dx*dx + dy*dy})
		}
	}
	slices.SortFunc(list, func(a, b other) int { return cmp.Or(cmp.Compare(a.square, b.square), cmp.Compare(a.row, b.row)) })
	near := make([]int32, 0, k)
	for _, o := range list[:min(k, len(list))] {
		near = append(near, o.row)
	}
	return near
}

// Triplets is the share of triplets of rows, drawn by a seed, of which the plane says as the vectors do which of two is nearer to
// the first.
func Triplets(v Vectors, points []float32, draws int, seed uint64) float64 {
	n, right := uint64(v.Len()), 0
	distance := func(a, b int) float64 {
		sum := 0.0
		for j, f := range v.row(a) {
			d := float64(f) - float64(v.row(b)[j])
			sum += d * d
		}
		return sum
	}
	flat := Vectors{Dim: 2, Values: points}
	for t := range draws {
		var of [3]int
		for k := range of {
			of[k] = int(mixed(seed^mixed(uint64(3*t+k))) % n)
		}
		full := distance(of[0], of[1]) < distance(of[0], of[2])
		dx := func(b int) float64 {
			x, y := float64(flat.row(of[0])[0]-flat.row(b)[0]), float64(flat.row(of[0])[1]-flat.row(b)[1])
			return x*x + y*y
		}
		if full == (dx(of[1]) < dx(of[2])) {
			right++
		}
	}
	return float64(right) / float64(draws)
}
