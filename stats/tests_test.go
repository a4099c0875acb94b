package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// scipy.stats.binomtest(min(a, b), a+b, 0.5).pvalue
func TestMcNemarIsSciPys(t *testing.T) {
	for _, c := range []struct {
		fixed, broken int
		want          float64
	}{{0, 0, 1}, {1, 1, 1}, {3, 10, 0.09228515625}, {10, 3, 0.09228515625}, {0, 5, 0.0625}, {121, 59, 4.4344492637551645e-06}, {40, 25, 0.08168153394154003}, {500, 430, 0.023608839292547177}} {
		if got := McNemar(c.fixed, c.broken); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d fixed, %d broken: %.17g, want %.17g", c.fixed, c.broken, got, c.want)
		}
	}
}

// It is the share of all ways to toss coins that are at least as uneven.
func TestMcNemarAgreesWithCounting(t *testing.T) {
	for n := 1; n <= 12; n++ {
		for fixed := range n + 1 {
			uneven := 0
			for tosses := range 1 << n {
				heads := 0
				for i := range n {
					heads += tosses >> i & 1
				}
				if max(heads, n-heads) >= max(fixed, n-fixed) {
					uneven++
				}
			}
			if got, want := McNemar(fixed, n-fixed), float64(uneven)/float64(int(1)<<n); math.Abs(got-want) > 1e-12 {
				t.Errorf("%d of %d: %v, counted %v", fixed, n, got, want)
			}
		}
	}
}

// scipy.stats.permutation_test((d,), numpy.mean, permutation_type='samples', n_resamples=numpy.inf).pvalue
func TestPairedPermutationIsSciPys(t *testing.T) {
	for want, d := range map[float64][]float64{
		0.06640625: {0.3, -0.1, 0.25, 0.4, -0.05, 0.12, 0.33, 0.02, 0.2, -0.15},
		0.59375:    {1, 1, -1, 1, 2, -2, 0, 1},
		1:          nil,
	} {
		if got := PairedPermutation(d, 5000, 1); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: %v, want %v", d, got, want)
		}
		if got := PairedPermutation(d, 200, 1); len(d) > 8 && math.Abs(got-want) > 0.06 {
			t.Errorf("%v, drawn: %v, want about %v", d, got, want)
		}
	}
}

// scipy.stats.permutation_test((a, b), lambda u, v: u.mean()-v.mean(), n_resamples=numpy.inf).pvalue
func TestPermutationIsSciPys(t *testing.T) {
	for want, groups := range map[float64][2][]float64{
		0.14285714285714285: {{0.1, 0.5, 0.3, 0.9, 0.7}, {0.2, 0.05, 0.15, 0.4}},
		0.35064935064935066: {{1, 1, 0, 1, 1, 0}, {0, 0, 1, 0, 0}},
		1:                   {{1, 2}, nil},
	} {
		if got := Permutation(groups[0], groups[1], 5000, 1); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: %v, want %v", groups, got, want)
		}
	}
	// 92,378 deals, all of them or some.
	a, b := []float64{0.1, 0.5, 0.3, 0.9, 0.7, 0.11, 0.12, 0.13, 0.52, 0.61}, []float64{0.2, 0.05, 0.15, 0.4, 0.31, 0.11, 0.05, 0.3, 0.44}
	if all, drawn := Permutation(a, b, 92_378, 1), Permutation(a, b, 20_000, 1); math.Abs(all-0.118491415705038) > 1e-12 || math.Abs(drawn-all) > 0.01 {
		t.Errorf("all deals %.15f, drawn %v", all, drawn)
	}
}

// Where there is no difference, p is below 5 % in at most 5 % of the cases.
func TestPermutationsKeepTheirLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	const trials = 1000
	paired, groups := 0, 0
	for range trials {
		a, b := make([]float64, 15), make([]float64, 10)
		for i := range a {
			a[i] = r.NormFloat64()
		}
		for i := range b {
			b[i] = r.NormFloat64()
		}
		if PairedPermutation(a, 199, 1) < 0.05 {
			paired++
		}
		if Permutation(a, b, 199, 1) < 0.05 {
			groups++
		}
	}
	for what, hits := range map[string]int{"paired": paired, "two groups": groups} {
		if low, _ := Wilson(hits, trials, 0.999); low > 0.05 || hits == 0 {
			t.Errorf("%s: %d of %d are below 5 %%", what, hits, trials)
		}
	}
}

// The fifteen tests of Benjamini & Hochberg 1995, section 3.2, of which their procedure
// rejects four at 5 %.
func TestBenjaminiHochbergOfItsPaper(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	rejected := 0
	for _, q := range BenjaminiHochberg(p) {
		if q <= 0.05 {
			rejected++
		}
	}
	if rejected != 4 {
		t.Errorf("%d rejected, want 4", rejected)
	}
}

// The procedure as it is defined: reject the k smallest for the largest k whose p is
// at most k/m·q; the corrected value is the smallest q that rejects.
func TestBenjaminiHochbergAgreesWithItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		p := make([]float64, 1+r.IntN(12))
		for i := range p {
			p[i] = math.Round(20*r.Float64()*r.Float64()) / 20 // with equal ones
		}
		corrected := BenjaminiHochberg(append(slices.Clone(p), math.NaN()))
		if !math.IsNaN(corrected[len(p)]) {
			t.Fatal("NaN became a number")
		}
		for _, q := range []float64{0.01, 0.0501, 0.1003, 0.2507, 0.4999, 0.7777} {
			limit, sorted := -1.0, slices.Sorted(slices.Values(p))
			for k, v := range sorted {
				if v <= float64(k+1)/float64(len(p))*q {
					limit = v
				}
			}
			for i, v := range p {
				if (corrected[i] <= q) != (v <= limit) {
					t.Fatalf("%v at %v: test %d, corrected %v", p, q, i, corrected[i])
				}
			}
		}
	}
}
