package projection

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/sightline/sightline/neighbours"
)

// Principal finds what Jacobi's rotations find in the whole covariance.
func TestPrincipal(t *testing.T) {
	for _, size := range []struct{ n, dim int }{{2, 1}, {2, 3}, {40, 2}, {150, 30}, {300, 70}} {
		v := curved(size.n, size.dim, 3)
		got := Principal(v)
		covariance := square(size.dim)
		mean, total := v.mean(), 0.0
		for i := range size.n {
			for j := range size.dim {
				for k := range size.dim {
					covariance[j][k] += (float64(v.row(i)[j]) - mean[j]) * (float64(v.row(i)[k]) - mean[k]) / float64(size.n)
				}
			}
		}
		vectors := square(size.dim)
		for j := range size.dim {
			vectors[j][j] = 1
			total += covariance[j][j]
		}
		for range 30 {
			for p := range size.dim {
				for q := p + 1; q < size.dim; q++ {
					rotate(covariance, vectors, p, q)
				}
			}
		}
		values := make([]float64, size.dim)
		for j := range size.dim {
			values[j] = covariance[j][j]
		}
		for k, which := range largest(values) {
			axis := make([]float64, size.dim)
			if which >= 0 {
				for j := range axis {
					axis[j] = vectors[j][which]
				}
				if values[which] < 1e-12*total {
					continue // no variance, no direction
				}
				point(axis)
				if math.Abs(got.Shares[k]-values[which]/total) > 1e-8 {
					t.Errorf("%d × %d: component %d has %v, want %v", size.n, size.dim, k, got.Shares[k], values[which]/total)
				}
			}
			for i := range size.n {
				want := 0.0
				for j := range axis {
					want += axis[j] * (float64(v.row(i)[j]) - mean[j])
				}
				if d := math.Abs(want - float64(got.Points[2*i+k])); d > 2e-4*math.Sqrt(total) {
					t.Fatalf("%d × %d: row %d lies at %v, want %v", size.n, size.dim, i, got.Points[2*i+k], want)
				}
			}
		}
	}
	v := curved(200, 9, 8)
	for i, p := 0, Principal(v); i < 200; i++ {
		if x, y := p.At(v.row(i)); x != p.Points[2*i] || y != p.Points[2*i+1] {
			t.Fatalf("row %d lies at %v %v, and at %v", i, x, y, p.Points[2*i:2*i+2])
		}
	}
	same := Principal(Vectors{Dim: 2, Values: []float32{3, 4, 3, 4, 3, 4}})
	if x, _ := same.At([]float32{1, 2}); x != 0 || same.Shares != [2]float64{} || !slices.Equal(same.Points, make([]float32, 6)) {
		t.Errorf("equal vectors: %+v", same)
	}
}

// lists makes the neighbours of generated vectors.
func lists(t *testing.T, v Vectors, k int) *neighbours.Lists {
	t.Helper()
	ids := make([]int64, v.Len())
	for i := range ids {
		ids[i] = int64(i)
	}
	x, err := neighbours.New(ids, v.Dim, v)
	if err != nil {
		t.Fatal(err)
	}
	l, err := x.Lists(context.Background(), k, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The weights sum to log2(k+1), the nearest has 1, and both directions join as the definition says.
func TestFuzzy(t *testing.T) {
	v := curved(120, 12, 4)
	copy(v.row(7), v.row(3)) // equal ones
	copy(v.row(8), v.row(3))
	clear(v.row(11)) // one without a direction
	l := lists(t, v, 9)
	g := Fuzzy(l)
	directed := make([]map[int]float64, v.Len())
	for i := range directed {
		directed[i] = map[int]float64{}
		rows, cosines := l.Of(i)
		sum := 0.0
		weights := make([]float32, len(rows))
		memberships(cosines, math.Log2(10), weights)
		for j, w := range weights {
			directed[i][int(rows[j])] = float64(w)
			sum += float64(w)
		}
		if len(rows) > 0 && (math.Abs(sum-math.Log2(10)) > 1e-3 || weights[0] != 1) {
			t.Errorf("the weights of row %d sum to %v: %v", i, sum, weights)
		}
	}
	edges := 0
	for i := range directed {
		for e := g.From[i]; e < g.From[i+1]; e++ {
			j := int(g.To[e])
			a, b := directed[i][j], directed[j][i]
			if want := a + b - a*b; math.Abs(want-float64(g.Weights[e])) > 1e-6 || want == 0 || i == j {
				t.Errorf("edge %d–%d has %v, want %v", i, j, g.Weights[e], want)
			}
			edges++
		}
		for j := range directed {
			if i != j && directed[i][j]+directed[j][i] > 0 {
				edges--
			}
		}
	}
	if edges != 0 || g.From[11] != g.From[12] {
		t.Errorf("%d edges too many; row 11 has %d", edges, g.From[12]-g.From[11])
	}
}

// slowly is an epoch as it is defined: turn by turn, each row alone.
func slowly(g *Graph, points []float32, o Options, epoch int) []float32 {
	n, largest := g.Len(), float32(0)
	points = slices.Clone(points)
	for _, w := range g.Weights {
		largest = max(largest, w)
	}
	rate := float32(1 - float64(epoch)/float64(o.Epochs))
	step := func(at *[2]float32, to []float32, f *table, sign float32) {
		dx, dy := at[0]-to[0], at[1]-to[1]
		grade := f.at(dx*dx + dy*dy)
		at[0] += sign * rate * clipped(grade*dx)
		at[1] += sign * rate * clipped(grade*dy)
	}
	pull, push := tabulated(pull), tabulated(push)
	for turn := range turns {
		seen := slices.Clone(points)
		for i := n - 1; i >= 0; i-- { // in another order
			if i%turns != turn {
				continue
			}
			at, drawn := [2]float32{seen[2*i], seen[2*i+1]}, mixed(o.Seed^mixed(uint64(epoch)<<32|uint64(i)))
			for e := g.From[i]; e < g.From[i+1]; e++ {
				share := float64(g.Weights[e]) / float64(largest)
				if math.Floor(float64(epoch+1)*share) == math.Floor(float64(epoch)*share) {
					continue
				}
				step(&at, seen[2*g.To[e]:], pull, -1)
				step(&at, seen[2*g.To[e]:], pull, -1)
				for range negatives {
					drawn += 0x9e3779b97f4a7c15
					z := (drawn ^ drawn>>30) * 0xbf58476d1ce4e5b9
					if j := int((z ^ z>>27) >> 32 * uint64(n) >> 32); j != i {
						step(&at, seen[2*j:], push, 1)
					}
				}
			}
			points[2*i], points[2*i+1] = at[0], at[1]
		}
	}
	return points
}

// An epoch is what its definition says, and so are the tables of gradients.
func TestStepIsAsDefined(t *testing.T) {
	v := curved(250, 20, 5)
	o := Options{Epochs: 40, Seed: 9}
	l := NewLayout(Fuzzy(lists(t, v, 8)), Principal(v).Points, o)
	for l.Epoch() < 12 {
		before := slices.Clone(l.Points())
		l.Step()
		for i, want := range slowly(l.graph, before, o, l.Epoch()-1) {
			if want != l.Points()[i] {
				t.Fatalf("epoch %d, row %d: %v, want %v", l.Epoch(), i/2, l.Points()[i], want)
			}
		}
	}
	for d := 1e-7; d < 1e6; d *= 1.37 {
		for _, f := range []func(float64) float64{pull, push} {
			if got := float64(tabulated(f).at(float32(d))); math.Abs(got/f(float64(float32(d)))-1) > 2e-4 {
				t.Fatalf("at %v: %v, want %v", d, got, f(d))
			}
		}
	}
}

// The same seed gives the same bits, on one core and on several, stopped and gone on with; another seed gives others.
func TestSameBits(t *testing.T) {
	v := curved(600, 24, 6)
	laid := func(cores int, seed uint64, stop int) []float32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		g, start := Fuzzy(lists(t, v, 10)), Principal(v).Points
		l := NewLayout(g, start, Options{Epochs: 30, Seed: seed})
		for l.Epoch() < l.o.Epochs {
			if l.Epoch() == stop {
				epoch, points := l.Epoch(), slices.Clone(l.Points())
				l = NewLayout(g, start, Options{Epochs: 30, Seed: seed})
				l.Resume(epoch, points)
			}
			l.Step()
		}
		return l.Points()
	}
	want := laid(1, 4, -1)
	for cores, stop := range []int{5, 0, 29, 17} {
		if !slices.Equal(laid(cores+1, 4, stop), want) {
			t.Errorf("on %d cores, stopped after %d epochs, there are other bits", cores+1, stop)
		}
	}
	if slices.Equal(laid(2, 5, -1), want) {
		t.Error("another seed gives the same bits")
	}
}

// What is near stays near, better than along the components; degenerate input is laid out, too.
func TestQuality(t *testing.T) {
	v := curved(1000, 48, 7)
	v.Normalise()
	near := lists(t, v, 15)
	pca := Principal(v).Points
	l := NewLayout(Fuzzy(near), pca, Options{Epochs: 100})
	for l.Epoch() < l.o.Epochs {
		l.Step()
	}
	rows := []int{}
	for i := range 100 {
		rows = append(rows, 10*i)
	}
	of := func(row int) []int32 { list, _ := near.Of(row); return list }
	kept, before := Kept(rows, of, l.Points()), Kept(rows, of, pca)
	if triplets := Triplets(v, l.Points(), 20_000, 1); kept < 0.75 || kept < before+0.3 || triplets < 0.57 {
		t.Errorf("neighbours kept %.3f (PCA %.3f), triplets %.3f", kept, before, triplets)
	}
	if perfect := Triplets(Vectors{2, pca}, pca, 1000, 1); perfect != 1 {
		t.Errorf("points say of themselves %.3f", perfect)
	}
	for n := range 4 {
		same := Vectors{Dim: 3, Values: slices.Repeat([]float32{0.6, 0.8, 0}, n)}
		l := NewLayout(Fuzzy(lists(t, same, 15)), Principal(same).Points, Options{Epochs: 5})
		for l.Epoch() < l.o.Epochs {
			l.Step()
		}
		for i, p := range l.Points() {
			if p != p || i >= 2*n {
				t.Errorf("%d equal vectors lie at %v", n, l.Points())
			}
		}
	}
}
