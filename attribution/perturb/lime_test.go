package perturb

import (
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// eliminate solves a system of equations by Gaussian elimination.
func eliminate(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		pivot := i
		for r := i; r < n; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
		for r := range n {
			if r != i {
				f := a[r][i] / a[i][i]
				for c := range n {
					a[r][c] -= f * a[i][c]
				}
				b[r] -= f * b[i]
			}
		}
	}
	for i := range b {
		b[i] /= a[i][i]
	}
	return b
}

// limeByDefinition minimises Σ w·(score − intercept − Σ value·keep)² +
// α·Σ value², the intercept being one more unknown that α spares.
func limeByDefinition(keeps [][]float32, scores []float64, width, alpha float64) []float64 {
	n := len(keeps[0])
	a, b := make([][]float64, n+1), make([]float64, n+1)
	for i := range a {
		a[i] = make([]float64, n+1)
		if i < n {
			a[i][i] = alpha
		}
	}
	for k, keep := range keeps {
		row, dot, length := make([]float64, n+1), 0.0, 0.0
		row[n] = 1
		for c, v := range keep {
			row[c] = float64(v)
			dot += float64(v)
			length += float64(v) * float64(v)
		}
		cosine := 0.0
		if length > 0 {
			cosine = dot / math.Sqrt(length) / math.Sqrt(float64(n))
		}
		w := math.Sqrt(math.Exp(-(1 - cosine) * (1 - cosine) / (width * width)))
		for r := range row {
			b[r] += w * row[r] * scores[k]
			for c := range row {
				a[r][c] += w * row[r] * row[c]
			}
		}
	}
	return eliminate(a, b)[:n]
}

func TestLIMEEqualsItsDefinition(t *testing.T) {
	value, _ := unanimity(25, 60)
	g := &game{side: 5, value: func(keep []float64) float64 { return 40 + value(keep) }}
	r := g.request()
	for _, m := range []LIME{{Grid: 5, Samples: 20}, {Grid: 5, Samples: 300, Width: 0.4, Alpha: 0.1}} {
		full := m.withDefaults()
		d := coins{full.Samples, r.Seed}
		keeps, scores := [][]float32{r.Input}, []float64{}
		for i := range full.Samples {
			keep := make([]float32, 25)
			d.load(i, keep)
			keeps = append(keeps, keep)
		}
		for _, keep := range keeps {
			x := make([]float64, 25)
			for c, k := range keep {
				x[c] = float64(k)
			}
			scores = append(scores, 40+value(x))
		}
		got := testkit.Explain(t, m, g, r)
		for c, want := range limeByDefinition(keeps, scores, full.Width, full.Alpha) {
			if math.Abs(float64(got.Values[c])-want) > 1e-4 {
				t.Fatalf("%+v, cell %d: %v, want %v", m, c, got.Values[c], want)
			}
		}
	}
}

// With next to no penalty the fit of an additive model is the model.
func TestLIMEOfAnAdditiveModel(t *testing.T) {
	l := testkit.NewLinear(3, 14, 14, 2, imaging.NCHW)
	r := l.Request()
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
	m := testkit.Explain(t, LIME{Samples: 400, Alpha: 1e-7}, l, r)
	for c, want := range cellSums(l.Effects(1, r.Input, 0), 14, 14, 7, 7) {
		if math.Abs(float64(m.Values[c])-want) > 1e-3 {
			t.Errorf("cell %d: %v, want %v", c, m.Values[c], want)
		}
	}
}
