package neighbours

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// table is vectors in memory.
type table [][]float32

func (t table) Row(row int, into []float32) error {
	copy(into, t[row])
	return nil
}

// clustered makes vectors around a few centres, so that many are about as similar; some are equal, zero or not finite.
func clustered(n, dim int, r *rand.Rand) (table, []int64) {
	centres := make(table, 7)
	for i := range centres {
		centres[i] = make([]float32, dim)
		for j := range centres[i] {
			centres[i][j] = float32(r.NormFloat64())
		}
	}
	rows, ids := make(table, n), make([]int64, n)
	for i, p := range r.Perm(n) {
		ids[i] = int64(p + 100)
		rows[i] = slices.Clone(centres[r.IntN(len(centres))])
		noise := math.Pow(10, -3*r.Float64())
		for j := range rows[i] {
			rows[i][j] += float32(noise * r.NormFloat64())
		}
		switch {
		case i%50 == 7:
			copy(rows[i], rows[i/2])
		case i%97 == 5:
			clear(rows[i])
		case i%101 == 3:
			rows[i][r.IntN(dim)] = float32(math.Inf(1))
		case i%89 == 2:
			for j := range rows[i] {
				rows[i][j] *= 1e-30 // only the direction counts
			}
		}
	}
	return rows, ids
}

// slow is the definition: every cosine, sorted.
func slow(rows table, ids []int64, query []float32, k int, allowed func(int) bool) []Hit {
	all := []Hit{}
	for i := range rows {
		if c := Cosine(query, rows[i]); !math.IsNaN(c) && (allowed == nil || allowed(i)) {
			all = append(all, Hit{i, ids[i], c})
		}
	}
	slices.SortFunc(all, before)
	return all[:min(k, len(all))]
}

// Every kernel finds what computing all cosines finds, to the bit, with ties in the order of ids.
func TestNearestIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []struct{ n, dim int }{{1, 1}, {3, 5}, {400, 64}, {700, 130}, {9000, 33}} {
		rows, ids := clustered(size.n, size.dim, r)
		x, err := New(ids, size.dim, rows)
		if err != nil {
			t.Fatal(err)
		}
		for _, kernel := range Kernels() {
			x.kernel = kernel
			for trial := range 6 {
				query := rows[r.IntN(len(rows))]
				var allowed func(int) bool
				if trial%2 == 1 {
					allowed = func(row int) bool { return row%3 == 1 }
				}
				k := []int{1, 5, 60}[trial%3]
				got, err := x.Nearest(query, k, allowed)
				want := slow(rows, ids, query, k, allowed)
				if err != nil || !slices.Equal(got.Hits, want) && len(want) > 0 {
					t.Errorf("%d × %d, %s, k %d: %v, %v\nwant %v", size.n, size.dim, kernel.Name, k, got.Hits, err, want)
				}
			}
		}
	}
}

// A scan that is proven need not compute all.
func TestFewAreRescored(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rows, ids := make(table, 4000), make([]int64, 4000)
	for i := range rows {
		ids[i], rows[i] = int64(i), make([]float32, 128)
		for j := range rows[i] {
			rows[i][j] = float32(r.NormFloat64())
		}
	}
	x, err := New(ids, 128, rows)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := x.Nearest(rows[9], 10, nil); err != nil || found.Hits[0].ID != 9 || found.Rescored > 800 {
		t.Errorf("%d of 4000 are rescored, %v: %v", found.Rescored, err, found.Hits[:1])
	}
}

// Kernels compute the same sums, at the ends of what bytes hold too.
func TestKernels(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, dim := range []int{64, 192, 2048} {
		codes, query := make([]uint8, 9*dim), make([]int8, dim)
		for i := range codes {
			codes[i] = uint8(r.IntN(256))
		}
		for i := range query {
			query[i] = int8(r.IntN(255) - 127)
		}
		for i := range dim {
			codes[i], codes[dim+i] = 255, 255*uint8(i%2)
		}
		want := make([]int32, 9)
		for i := range want {
			for j := range dim {
				want[i] += int32(codes[i*dim+j]) * int32(query[j])
			}
		}
		for _, kernel := range Kernels() {
			got := make([]int32, 9)
			if kernel.Dot(codes, query, got); !slices.Equal(got, want) {
				t.Errorf("%s, %d: %v, want %v", kernel.Name, dim, got, want)
			}
		}
	}
}

// many is vectors one after the other.
type many struct {
	values []float32
	dim    int
}

func (m many) Row(row int, into []float32) error {
	copy(into, m.values[row*m.dim:])
	return nil
}

// embedded makes vectors as networks do: a hundred groups, values that are not negative.
func embedded(n, dim int) (many, []int64) {
	m, ids := many{make([]float32, n*dim), dim}, make([]int64, n)
	r := rand.New(rand.NewPCG(7, 8))
	centres := make([]float32, 100*dim)
	for i := range centres {
		centres[i] = float32(r.NormFloat64())
	}
	for i := range ids {
		ids[i] = int64(i)
		centre := centres[r.IntN(100)*dim:]
		for j := range dim {
			m.values[i*dim+j] = max(0, centre[j]+4*r.Float32()-2)
		}
	}
	return m, ids
}

// BenchmarkNearest makes the index of 100,000 vectors of 512 values, or of a million with
// SIGHTLINE_BENCH_LARGE set, and asks for the 10 nearest, by kernel.
func BenchmarkNearest(b *testing.B) {
	n := 100_000
	if os.Getenv("SIGHTLINE_BENCH_LARGE") != "" {
		n = 1_000_000
	}
	rows, ids := embedded(n, 512)
	var x *Index
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			var err error
			if x, err = New(ids, 512, rows); err != nil {
				b.Fatal(err)
			}
		}
	})
	if x == nil {
		b.Skip("the index was left out")
	}
	for _, kernel := range Kernels() {
		b.Run(fmt.Sprintf("kernel=%s", kernel.Name), func(b *testing.B) {
			x.kernel = kernel
			query, rescored, at := make([]float32, 512), 0, 0
			for b.Loop() {
				at = (at + 997) % n
				_ = rows.Row(at, query)
				found, err := x.Nearest(query, 10, nil)
				if err != nil {
					b.Fatal(err)
				}
				rescored += found.Rescored
			}
			b.ReportMetric(float64(rescored)/float64(b.N), "rescored/op")
		})
	}
}
