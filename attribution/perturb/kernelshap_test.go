package perturb

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// shapleyByDefinition sums a player's contributions over all coalitions of the
// others: |S|!(n−|S|−1)!/n! · (v(S ∪ i) − v(S)).
func shapleyByDefinition(n int, value func(set int) float64) []float64 {
	factorial := make([]float64, n+1)
	factorial[0] = 1
	for i := range n {
		factorial[i+1] = factorial[i] * float64(i+1)
	}
	phi := make([]float64, n)
	for i := range phi {
		for set := range 1 << n {
			if set>>i&1 == 0 {
				size := bits.OnesCount(uint(set))
				phi[i] += factorial[size] * factorial[n-size-1] / factorial[n] * (value(set|1<<i) - value(set))
			}
		}
	}
	return phi
}

func setOf(keep []float64) int {
	set := 0
	for i, k := range keep {
		if k == 1 {
			set |= 1 << i
		}
	}
	return set
}

// With every coalition of a grid the values are the Shapley values, whatever the
// interactions: here every coalition has a random score of its own.
func TestKernelSHAPOfAllCoalitionsIsTheShapleyValue(t *testing.T) {
	for _, side := range []int{2, 3} {
		r := rand.New(rand.NewPCG(2, uint64(side)))
		table := make([]float64, 1<<(side*side))
		for i := range table {
			table[i] = r.NormFloat64()
		}
		g := &game{side: side, value: func(keep []float64) float64 { return table[setOf(keep)] }}
		m := testkit.Explain(t, KernelSHAP{Grid: side}, g, g.request())
		for c, want := range shapleyByDefinition(side*side, func(set int) float64 { return table[set] }) {
			if math.Abs(float64(m.Values[c])-want) > 1e-5 {
				t.Errorf("%d×%d cells, cell %d: %v, want %v", side, side, c, m.Values[c], want)
			}
		}
		if want := 1 << (side * side); m.Evaluations != want || g.runs != want {
			t.Errorf("%d evaluations, %d run, want all %d", m.Evaluations, g.runs, want)
		}
	}
}

// The figures of Captum's KernelShap test: three inputs into one ReLU of their
// sum less ten and three of their sum plus one.
func TestKernelSHAPOfAPublishedExample(t *testing.T) {
	inputs := []float64{20, 50, 30, 0}
	g := &game{side: 2, value: func(keep []float64) float64 {
		sum := 0.0
		for c, k := range keep {
			sum += k * inputs[c]
		}
		return math.Max(0, sum-10) + 3*math.Max(0, sum+1) - 1
	}}
	m := testkit.Explain(t, KernelSHAP{Grid: 2}, g, g.request())
	for c, want := range []float64{76.66667, 196.66667, 116.66667, 0} {
		if math.Abs(float64(m.Values[c])-want) > 1e-3 {
			t.Errorf("input %d: %v, want %v", c, m.Values[c], want)
		}
	}
}

func TestKernelSHAPOfAnAdditiveModelIsExact(t *testing.T) {
	t.Parallel()
	for _, samples := range []int{110, 400, 0} {
		l := testkit.NewLinear(3, 28, 28, 3, imaging.NCHW)
		r := l.Request()
		r.Target, r.Fill = attribution.Target{Kind: attribution.OneClass, Class: 1}, attribution.Fill{Kind: attribution.FillValue, Values: []float32{0.5, 0.5, 0.5}}
		m := testkit.Explain(t, KernelSHAP{Samples: samples}, l, r)
		for c, want := range cellSums(l.Effects(1, r.Input, 0.5), 28, 28, 7, 7) {
			if math.Abs(float64(m.Values[c])-want) > 2e-4 {
				t.Fatalf("%d samples, cell %d: %v, want %v", samples, c, m.Values[c], want)
			}
		}
		if samples == 0 {
			samples = 2*49 + 2048
		}
		if m.Evaluations != samples+2 || l.Inputs != samples+2 || !m.Converged {
			t.Errorf("%d evaluations, %d run, converged %v; want %d", m.Evaluations, l.Inputs, m.Converged, samples+2)
		}
	}
}

// unanimity is a game of sets that score when all their cells are kept: each
// member's Shapley value is an equal share (Shapley 1953).
func unanimity(cells, sets int) (value func(keep []float64) float64, phi []float64) {
	r := rand.New(rand.NewPCG(4, uint64(cells)))
	var members [][]int
	var scores []float64
	phi = make([]float64, cells)
	for range sets {
		set, score := r.Perm(cells)[:1+r.IntN(3)], r.NormFloat64()
		members, scores = append(members, set), append(scores, score)
		for _, c := range set {
			phi[c] += score / float64(len(set))
		}
	}
	return func(keep []float64) float64 {
		sum := 0.0
		for k, set := range members {
			all := 1.0
			for _, c := range set {
				all *= keep[c]
			}
			sum += all * scores[k]
		}
		return sum
	}, phi
}

// Sampled values are close to the known ones, and add up exactly however few
// coalitions there are: even where they cannot tell all cells apart.
func TestSampledKernelSHAP(t *testing.T) {
	t.Parallel()
	value, phi := unanimity(49, 200)
	g := &game{side: 7, value: value}
	for _, samples := range []int{1, 30, 200, 2146} {
		m := testkit.Explain(t, KernelSHAP{Samples: samples}, g, g.request())
		sum, wrong, size := 0.0, 0.0, 0.0
		for c, v := range m.Values {
			sum += float64(v)
			wrong += math.Pow(float64(v)-phi[c], 2)
			size += phi[c] * phi[c]
		}
		whole := value(make([]float64, 49))
		everything := make([]float64, 49)
		for i := range everything {
			everything[i] = 1
		}
		if whole = value(everything) - whole; math.Abs(sum-whole) > 1e-4 {
			t.Errorf("%d samples: values add up to %v, want %v", samples, sum, whole)
		}
		if relative := math.Sqrt(wrong / size); samples > 2000 && relative > 0.1 {
			t.Errorf("%d samples: relative error %.3f", samples, relative)
		}
	}
}

// What is chosen: sizes whose coalitions are few are complete, with the kernel's
// weight; the rest is drawn without repeats, with the weight that is left.
func TestKernelCoalitions(t *testing.T) {
	for _, c := range []struct{ cells, samples, complete int }{{49, 2146, 1}, {49, 40, 0}, {16, 2080, 2}, {15, 2078, 2}, {15, 12000, 4}, {9, 2066, 4}, {70, 2188, 1}} {
		d := newKernelCoalitions(c.cells, c.samples, 5)
		want := c.samples
		if c.cells == 9 {
			want = 510
		}
		if d.count() != want+1 {
			t.Errorf("%d cells: %d coalitions, want %d", c.cells, d.count()-1, want)
		}
		shares := kernelShares(c.cells)
		keep, seen := make([]float32, c.cells), map[string]bool{}
		weight, number := make([]float64, len(shares)), make([]int, len(shares))
		for i := range d.count() {
			d.load(i, keep)
			kept := 0
			for _, k := range keep {
				kept += int(k)
			}
			if i == 0 {
				if kept != 0 {
					t.Fatalf("coalition 0 keeps %d cells", kept)
				}
				continue
			}
			if seen[d.members[i].key()] {
				t.Fatalf("%d cells: coalition %d occurs twice", c.cells, i)
			}
			seen[d.members[i].key()] = true
			size := min(kept, c.cells-kept) - 1
			weight[size] += d.weights[i]
			number[size]++
		}
		sum := 0.0
		for size, w := range weight {
			sum += w
			if all := int(d.number(size + 1)); size < c.complete && (number[size] != all || math.Abs(w-shares[size]) > 1e-12) {
				t.Errorf("%d cells, size %d: %d of %d coalitions of weight %v, want all, %v", c.cells, size+1, number[size], all, w, shares[size])
			} else if size == c.complete && number[size] == all {
				t.Errorf("%d cells: size %d is complete", c.cells, size+1)
			}
			if c.samples > 2000 && math.Abs(w-shares[size]) > 0.05 {
				t.Errorf("%d cells, size %d has the weight %.3f, want about %.3f", c.cells, size+1, w, shares[size])
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%d cells: weights add up to %v", c.cells, sum)
		}
	}
}

// solve against a product that is known.
func TestSolve(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	const n = 12
	root, want := make([]float64, n*n), make([]float64, n)
	for i := range root {
		root[i] = r.NormFloat64()
	}
	for i := range want {
		want[i] = r.NormFloat64()
	}
	matrix, right := make([]float64, n*n), make([]float64, n)
	for i := range n {
		for j := range n {
			for k := range n {
				matrix[i*n+j] += root[i*n+k] * root[j*n+k]
			}
			right[i] += matrix[i*n+j] * want[j]
		}
	}
	for i, v := range solve(matrix, right) {
		if math.Abs(v-want[i]) > 1e-4 {
			t.Errorf("unknown %d: %v, want %v", i, v, want[i])
		}
	}
}
