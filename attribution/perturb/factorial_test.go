package perturb

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// game is a Scorer of one value per pixel whose class 0 is a function of which
// pixels are kept (1) or hidden (0), so that the effects of cells are known.
type game struct {
	side  int
	value func(keep []float64) float64
	runs  int
}

func (g *game) Classes() int                           { return 2 }
func (g *game) InputLen() int                          { return g.side * g.side }
func (g *game) Shape() (int, int, int, imaging.Layout) { return 1, g.side, g.side, imaging.NCHW }
func (g *game) Score(_ context.Context, inputs []float32, n int) ([]float32, error) {
	scores := make([]float32, 2*n)
	keep := make([]float64, g.InputLen())
	for i := range n {
		for p := range keep {
			keep[p] = float64(inputs[i*len(keep)+p])
		}
		scores[2*i] = float32(g.value(keep))
	}
	g.runs += n
	return scores, nil
}

// request asks for class 0 with everything kept.
func (g *game) request() attribution.Request {
	r := attribution.Request{Input: make([]float32, g.InputLen()), Truth: attribution.NoTruth, Target: attribution.Target{Kind: attribution.OneClass}}
	for i := range r.Input {
		r.Input[i] = 1
	}
	return r
}

// sign is +1 for a kept cell, −1 for a hidden one.
func sign(keep float64) float64 { return 2*keep - 1 }

// Any two columns of the design agree as often as they differ, every cell is
// kept half of the time, and every coalition's complement is there.
func TestFoldoversAreBalanced(t *testing.T) {
	for _, cells := range []int{2, 3, 9, 49, 64} {
		d := newFoldovers(cells, 3, 7)
		fold := 2 * d.order
		if d.count() != 3*fold {
			t.Fatalf("%d cells: %d coalitions, want three times %d", cells, d.count(), fold)
		}
		for k := range 3 {
			both := make([]int, cells*cells)
			a, b := make([]float32, cells), make([]float32, cells)
			for i := k * fold; i < (k+1)*fold; i++ {
				d.load(i, a)
				d.load(i^1, b)
				for c := range cells {
					if a[c]+b[c] != 1 {
						t.Fatalf("coalitions %d and %d are no complements", i, i^1)
					}
					for e := range cells {
						both[c*cells+e] += int(a[c] * a[e])
					}
				}
			}
			for i, n := range both {
				want := fold / 4
				if i/cells == i%cells {
					want = fold / 2
				}
				if n != want {
					t.Fatalf("%d cells, foldover %d: cells %d and %d are kept together %d times, want %d", cells, k, i/cells, i%cells, n, want)
				}
			}
		}
	}
}

func TestFactorialOfAnAdditiveModelIsExact(t *testing.T) {
	for _, c := range []struct{ width, height, grid int }{{28, 21, 7}, {16, 16, 8}, {15, 9, 3}, {28, 28, 14}} {
		l := testkit.NewLinear(3, c.height, c.width, 3, imaging.NHWC)
		r := l.Request()
		r.Target, r.Fill = attribution.Target{Kind: attribution.OneClass, Class: 2}, attribution.Fill{Kind: attribution.FillValue, Values: []float32{0.5, 0.5, 0.5}}
		m := testkit.Explain(t, Factorial{Grid: c.grid, Runs: 1, Hard: true}, l, r)
		want := cellSums(l.Effects(2, r.Input, 0.5), l.Width, l.Height, c.grid, c.grid)
		for i := range want {
			if math.Abs(float64(m.Values[i])-want[i]) > 2e-4 {
				t.Fatalf("grid %d, cell %d: %v, want %v", c.grid, i, m.Values[i], want[i])
			}
		}
		if runs := 2*hadamardOrder(c.grid*c.grid) + 1; m.Evaluations != runs || l.Inputs != runs || !m.Converged {
			t.Errorf("grid %d: %d evaluations, %d run, converged %v; want %d", c.grid, m.Evaluations, l.Inputs, m.Converged, runs)
		}
	}
}

// With soft edges a cell's effect is that of the places around it, by the weight
// the cell has there.
func TestSoftFactorialOfAnAdditiveModelIsExact(t *testing.T) {
	for _, c := range []struct{ width, height, grid int }{{28, 21, 7}, {20, 33, 5}, {3, 3, 2}} {
		l := testkit.NewLinear(3, c.height, c.width, 3, imaging.NCHW)
		r := l.Request()
		r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
		want := make([]float64, c.grid*c.grid)
		for p, effect := range l.Effects(1, r.Input, 0) {
			for cell := range want {
				want[cell] += effect * hat(p%c.width, c.width, cell%c.grid, c.grid) * hat(p/c.width, c.height, cell/c.grid, c.grid)
			}
		}
		for cell, v := range testkit.Explain(t, Factorial{Grid: c.grid, Runs: 1}, l, r).Values {
			if math.Abs(float64(v)-want[cell]) > 2e-4 {
				t.Fatalf("grid %d, cell %d: %v, want %v", c.grid, cell, v, want[cell])
			}
		}
	}
}

// hat is the weight of a cell at a pixel along one side: one at the cell's
// centre, falling linearly to zero at its neighbours', one beyond the outermost.
func hat(pixel, pixels, cell, cells int) float64 {
	at := (float64(pixel) + 0.5) / float64(pixels) * float64(cells)
	at = math.Min(math.Max(at, 0.5), float64(cells)-0.5)
	return math.Max(0, 1-math.Abs(at-float64(cell)-0.5))
}

// pairwise is a random model of main effects and interactions of two cells, in
// signs, and its main effects: what keeping a cell rather than hiding it adds on
// average over all others.
func pairwise(cells int) (value func(keep []float64) float64, effects []float64) {
	r := rand.New(rand.NewPCG(1, 9))
	single, pair := make([]float64, cells), make([]float64, cells*cells)
	for c := range single {
		single[c] = r.NormFloat64()
		effects = append(effects, 2*single[c])
	}
	for i := range pair {
		pair[i] = r.NormFloat64()
	}
	return func(keep []float64) float64 {
		sum := 3.0
		for c := range single {
			sum += single[c] * sign(keep[c])
			for e := range c {
				sum += pair[c*cells+e] * sign(keep[c]) * sign(keep[e])
			}
		}
		return sum
	}, effects
}

// Complements cancel interactions of two cells exactly; plain random halves of
// the same number do not.
func TestFoldoverCancelsSecondOrderInteractions(t *testing.T) {
	value, effects := pairwise(49)
	g := &game{side: 7, value: value}
	worst := func(m *attribution.Map) float64 {
		w := 0.0
		for c, v := range m.Values {
			w = math.Max(w, math.Abs(float64(v)-effects[c]))
		}
		return w
	}
	if w := worst(testkit.Explain(t, Factorial{Hard: true, Runs: 128}, g, g.request())); w > 1e-4 {
		t.Errorf("main effects are wrong by up to %v", w)
	}
	if w := worst(testkit.Explain(t, Factorial{Hard: true, Runs: 128, Random: true}, g, g.request())); w < 1 {
		t.Errorf("random halves are wrong by only %v: the test shows nothing", w)
	}
}

// fourth finds cells a, b, c and the cell whose column is the product of theirs.
func fourth(d *foldovers) (a, b, c, alias int) {
	columns := d.columns[0]
	for a := range columns {
		for b := range a {
			for c := range b {
				for alias := range columns {
					if columns[alias] == columns[a]^columns[b]^columns[c] {
						return a, b, c, alias
					}
				}
			}
		}
	}
	panic("no aliases")
}

// What a single foldover cannot tell: an interaction of three cells looks like a
// main effect of a fourth, in full. Over several foldovers it averages out.
func TestMainEffectsAreAliasedWithThirdOrderInteractions(t *testing.T) {
	t.Parallel()
	a, b, c, alias := fourth(newFoldovers(49, 1, 0))
	g := &game{side: 7, value: func(keep []float64) float64 { return sign(keep[a]) * sign(keep[b]) * sign(keep[c]) }}
	m := testkit.Explain(t, Factorial{Hard: true, Runs: 128}, g, g.request())
	if v := math.Abs(float64(m.Values[alias])); math.Abs(v-2) > 1e-6 {
		t.Errorf("cell %d, which does nothing, has the effect %v, want the whole interaction's 2", alias, v)
	}
	for i, v := range m.Values {
		if i != alias && math.Abs(float64(v)) > 1e-6 {
			t.Errorf("cell %d has the effect %v, want 0", i, v)
		}
	}
	for i, v := range testkit.Explain(t, Factorial{Hard: true, Runs: 16 * 128}, g, g.request()).Values {
		if math.Abs(float64(v)) > 0.5 {
			t.Errorf("after 16 foldovers cell %d still has the effect %v", i, v)
		}
	}
}

// More runs are the same run continued.
func TestFactorialContinuesFromCachedScores(t *testing.T) {
	value, _ := pairwise(49)
	g := &game{side: 7, value: value}
	r := g.request()
	want := testkit.Explain(t, Factorial{Hard: true, Runs: 512}, g, r)
	r.Cached = &attribution.CachedScores{}
	testkit.Explain(t, Factorial{Hard: true, Runs: 128}, g, r)
	g.runs = 0
	if got := testkit.Explain(t, Factorial{Hard: true, Runs: 512}, g, r); !same(got, want) || g.runs != 3*128 {
		t.Errorf("continued with %d runs, same map: %v; want 384", g.runs, same(got, want))
	}
	if want.Correlation < 0.999 || !want.Converged {
		t.Errorf("halves of a model without third-order interactions correlate by %v, converged %v", want.Correlation, want.Converged)
	}
}

// The random design gives every cell a fair coin, independent of its neighbours.
func TestCoinsAreFair(t *testing.T) {
	const runs, cells = 4000, 9
	d := coins{runs, 3}
	keep, both := make([]float32, cells), make([]float64, cells*cells)
	for i := range runs {
		d.load(i, keep)
		for c := range cells {
			for e := range cells {
				both[c*cells+e] += float64(keep[c] * keep[e])
			}
		}
	}
	for i, n := range both {
		want := runs / 4.0
		if i/cells == i%cells {
			want = runs / 2.0
		}
		if math.Abs(n-want) > 5*math.Sqrt(runs/4.0) {
			t.Errorf("cells %d and %d are kept together %v times, want about %v", i/cells, i%cells, n, want)
		}
	}
}

// Cells are drawn as whole rectangles that cover the input.
func TestCellGridDrawsWhatItCounts(t *testing.T) {
	d := newCellGrid(coins{5, 1}, 3, 4, 11, 9)
	p := d.painter()
	keep, row := make([]float32, 12), make([]float32, 11)
	x, y := wholeSpans(11, 3), wholeSpans(9, 4)
	for i := range 5 {
		p.load(i)
		p.cells(keep)
		for py := range 9 {
			p.row(py, row)
			for px, k := range row {
				for c, want := range keep {
					inside := px >= x[c%3] && px < x[c%3+1] && py >= y[c/3] && py < y[c/3+1]
					if inside && k != want {
						t.Fatalf("pixel %d,%d is %v, its cell %d is %v", px, py, k, c, want)
					}
				}
			}
		}
	}
}
