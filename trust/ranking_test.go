package trust

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDescendingIsAStableSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	negativeZero := float32(math.Copysign(0, -1))
	values := []float32{0, negativeZero, 1, -1, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(1)), 0}
	for range 3000 {
		values = append(values, float32(math.Round(20*r.NormFloat64())/8)) // many ties
		values = append(values, float32(r.NormFloat64()*math.Exp(40*r.NormFloat64())))
	}
	order, want := make([]int32, len(values)), make([]int32, len(values))
	for i, p := range r.Perm(len(values)) {
		order[i], want[i] = int32(p), int32(p)
	}
	descending(order, values)
	slices.SortStableFunc(want, func(a, b int32) int {
		switch {
		case values[a] > values[b]:
			return -1
		case values[a] < values[b]:
			return 1
		}
		return 0
	})
	if !slices.Equal(order, want) {
		t.Error("not the order of a stable sort")
	}
}

func TestEnlargeByHand(t *testing.T) {
	got := enlarge([]float32{0, 4, 8, 12}, evenly(2), evenly(2), 4, 2)
	want := []float32{0, 1, 3, 4, 8, 9, 11, 12}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := enlarge([]float32{3}, evenly(1), evenly(1), 2, 2); !slices.Equal(got, []float32{3, 3, 3, 3}) {
		t.Errorf("one cell: %v", got)
	}
	same := []float32{1, 5, 2, 9, 4, 7}
	if got := enlarge(same, evenly(3), evenly(2), 3, 2); !slices.Equal(got, same) {
		t.Errorf("a cell per pixel: %v", got)
	}
}

// slowPool counts many points of every cell.
func slowPool(values []float32, width, height, columns, rows int) []float64 {
	const fine = 60
	out := make([]float64, columns*rows)
	for i := range out {
		for k := range fine * fine {
			x := (float64(i%columns) + (float64(k%fine)+0.5)/fine) * float64(width) / float64(columns)
			y := (float64(i/columns) + (float64(k/fine)+0.5)/fine) * float64(height) / float64(rows)
			out[i] += float64(values[int(y)*width+int(x)]) / (fine * fine)
		}
	}
	return out
}

func TestPoolAveragesAreas(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for _, size := range [][4]int{{6, 4, 3, 2}, {32, 32, 14, 14}, {7, 5, 7, 2}, {5, 5, 5, 5}} {
		values := make([]float32, size[0]*size[1])
		for i := range values {
			values[i] = float32(r.NormFloat64())
		}
		got := pool(values, size[0], size[1], size[2], size[3])
		for i, want := range slowPool(values, size[0], size[1], size[2], size[3]) {
			if math.Abs(float64(got[i])-want) > 0.05 {
				t.Errorf("%v, cell %d: %v, counted %v", size, i, got[i], want)
			}
		}
	}
	if got := pool([]float32{1, 2, 3, 4}, 4, 1, 2, 1); got[0] != 1.5 || got[1] != 3.5 {
		t.Errorf("by hand: %v", got)
	}
	if got := pool([]float32{1, 2, 6}, 3, 1, 2, 1); got[0] != float32(4.0/3) || got[1] != float32(14.0/3) {
		t.Errorf("a cut cell by hand: %v", got)
	}
}

// Where a map is flat, pixels go in pieces as large as its cells: two pixels side
// by side mostly change together. Single random pixels would differ half of the
// time after half of the image.
func TestTiesGoInPieces(t *testing.T) {
	const side = 56
	order := ranking(make([]float32, 49), evenly(7), evenly(7), side, side, 1, 0)
	changed := make([]bool, side*side)
	for _, p := range order[:side*side/2] {
		changed[p] = true
	}
	differ := 0
	for p := range changed {
		if p%side > 0 && changed[p] != changed[p-1] {
			differ++
		}
	}
	if share := float64(differ) / (side * (side - 1)); share > 0.15 {
		t.Errorf("%.2f of neighbours differ", share)
	}
	if slices.Equal(order, ranking(make([]float32, 49), evenly(7), evenly(7), side, side, 2, 0)) || slices.Equal(order, ranking(make([]float32, 49), evenly(7), evenly(7), side, side, 1, 1)) {
		t.Error("another seed or stream, the same order")
	}
}

func TestRankingFollowsTheMap(t *testing.T) {
	cells := []float32{1, 9, -2, 4}
	order := ranking(cells, evenly(2), evenly(2), 10, 10, 3, 0)
	values := enlarge(cells, evenly(2), evenly(2), 10, 10)
	seen := map[int32]bool{}
	for i, p := range order {
		seen[p] = true
		if i > 0 && values[p] > values[order[i-1]] {
			t.Fatalf("place %d is higher than the one before", i)
		}
	}
	if len(seen) != 100 {
		t.Errorf("%d pixels, want 100", len(seen))
	}
}
