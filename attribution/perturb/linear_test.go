package perturb

import (
	"context"
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

func TestOcclusionOfAnAdditiveModelIsExact(t *testing.T) {
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		for _, fill := range []attribution.Fill{{}, {Kind: attribution.FillValue, Values: []float32{0.5, 0.5, 0.5}}} {
			l := testkit.NewLinear(3, 21, 28, 4, layout)
			r := l.Request()
			r.Target, r.Fill = attribution.Target{Kind: attribution.OneClass, Class: 2}, fill
			m := testkit.Explain(t, Occlusion{Grid: 7, Window: 1}, l, r)
			value := float32(0)
			if fill.Kind == attribution.FillValue {
				value = 0.5
			}
			want := cellSums(l.Effects(2, r.Input, value), l.Width, l.Height, 7, 7)
			for i := range want {
				if math.Abs(float64(m.Values[i])-want[i]) > 1e-4 {
					t.Fatalf("%s, fill %v, cell %d: %v, want %v", layout, value, i, m.Values[i], want[i])
				}
			}
			if m.Width != 7 || m.Height != 7 || m.Evaluations != 50 || l.Inputs != 50 || !m.Converged {
				t.Errorf("map %d×%d from %d evaluations (%d run), converged %v; want 7×7 from 50", m.Width, m.Height, m.Evaluations, l.Inputs, m.Converged)
			}
		}
	}
}

// cellSums adds up the pixels of each cell; cells must be whole pixels.
func cellSums(pixels []float64, width, height, columns, rows int) []float64 {
	out := make([]float64, columns*rows)
	for p, v := range pixels {
		x, y := p%width, p/width
		out[y*rows/height*columns+x*columns/width] += v
	}
	return out
}

func TestOcclusionIsZeroWhereTheModelDoesNotLook(t *testing.T) {
	l := testkit.NewLinear(1, 16, 16, 2, imaging.NCHW)
	for i := range l.Weights[0] {
		if i%16 < 8 {
			l.Weights[0][i] = 0
		}
	}
	r := l.Request()
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 0}
	m := testkit.Explain(t, Occlusion{Grid: 8, Window: 2}, l, r)
	for i, v := range m.Values {
		if i%8 < 3 && math.Abs(float64(v)) > 1e-4 { // a window of two reaches one cell over the border
			t.Errorf("cell %d,%d: %v, want 0", i%8, i/8, v)
		}
	}
}

// Every cell, at the edges too, is hidden by the same number of windows.
func TestOcclusionCoversEdgesEvenly(t *testing.T) {
	d := newWindows(Occlusion{Grid: 5, Window: 3}, 23, 17)
	p := d.painter()
	w, h := d.size()
	keep, hidden := make([]float32, w*h), make([]int, w*h)
	pixels := make([]int, 23*17)
	row := make([]float32, 23)
	for i := range d.count() {
		p.load(i)
		p.cells(keep)
		for c, k := range keep {
			hidden[c] += int(1 - k)
		}
		for y := range 17 {
			p.row(y, row)
			for x, k := range row {
				pixels[y*23+x] += int(1 - k)
			}
		}
	}
	for c, n := range hidden {
		if n != 9 {
			t.Errorf("cell %d is hidden %d times, want 9", c, n)
		}
	}
	for i, n := range pixels {
		if n != 9 {
			t.Errorf("pixel %d is hidden %d times, want 9", i, n)
		}
	}
}

// The centred effect of a linear model is known in closed form: the mask's
// covariance between places, applied to weight × input.
func TestRISEConvergesToTheKnownEffect(t *testing.T) {
	t.Parallel()
	l := testkit.NewLinear(3, 24, 32, 3, imaging.NCHW)
	for i := range l.Weights[1] {
		l.Weights[1][i] *= 0.1
	}
	r := l.Request()
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
	method := RISE{Cells: 4, Limit: 30000, Correlation: 2}
	m := testkit.Explain(t, method, l, r)
	want := closedForm(newShiftedGrids(method.withDefaults(), l.Width, l.Height, 0), l.Effects(1, r.Input, 0), l.Width)
	largest := 0.0
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	for i, v := range m.Values {
		if math.Abs(float64(v)-want[i]) > 0.06*largest {
			t.Errorf("cell %d: %.4f, want %.4f ± %.4f", i, v, want[i], 0.06*largest)
		}
	}
	if m.Degenerate != "" || m.Converged {
		t.Errorf("degenerate %q, converged %v", m.Degenerate, m.Converged)
	}
}

// closedForm averages over all shifts: with independent bits of variance
// p(1−p), which cancels, cov(cell, pixel) is the sum over grid cells of the
// product of their weights in the two.
func closedForm(d *shiftedGrids, effects []float64, width int) []float64 {
	columns, rows := d.size()
	out, variance := make([]float64, columns*rows), make([]float64, columns*rows)
	for sy := range d.y.shifts {
		for sx := range d.x.shifts {
			for c := range out {
				wy, wx := d.y.weights(sy, c/columns), d.x.weights(sx, c%columns)
				for gy := range d.grid {
					for gx := range d.grid {
						w := float64(wy[gy] * wx[gx])
						variance[c] += w * w
						if w != 0 {
							out[c] += w * seen(d, effects, width, sx, sy, gx, gy)
						}
					}
				}
			}
		}
	}
	for c := range out {
		out[c] /= variance[c]
	}
	return out
}

// seen is Σ over pixels of effect × weight of one grid cell there.
func seen(d *shiftedGrids, effects []float64, width, sx, sy, gx, gy int) float64 {
	weight := func(k knot, g int) float64 {
		w := 0.0
		if k.a == g {
			w += 1 - float64(k.t)
		}
		if k.b == g {
			w += float64(k.t)
		}
		return w
	}
	sum := 0.0
	for p, e := range effects {
		sum += e * weight(d.x.knots[sx+p%width], gx) * weight(d.y.knots[sy+p/width], gy)
	}
	return sum
}

func TestRISEStopsWhenItsHalvesAgree(t *testing.T) {
	t.Parallel()
	l := testkit.NewLinear(1, 32, 32, 2, imaging.NCHW)
	for i := range l.Weights[0] { // one object: a smooth bump
		x, y := float64(i%32)-10, float64(i/32)-20
		l.Weights[0][i] = float32(math.Exp(-(x*x + y*y) / 50))
	}
	r := l.Request()
	for i := range r.Input {
		r.Input[i] = 1
	}
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 0}
	m := testkit.Explain(t, RISE{Correlation: 0.6}, l, r)
	if !m.Converged || m.Correlation < 0.6 || m.Evaluations >= 4001 || (m.Evaluations-1)%lookEvery != 0 {
		t.Errorf("converged %v with correlation %.3f after %d evaluations", m.Converged, m.Correlation, m.Evaluations)
	}
	stricter := testkit.Explain(t, RISE{Correlation: 0.8}, l, r)
	if stricter.Evaluations <= m.Evaluations {
		t.Errorf("0.8 took %d evaluations, 0.6 took %d", stricter.Evaluations, m.Evaluations)
	}
	if p, ok := m.Hottest(); !ok || math.Abs(p.X-10.5) > 3 || math.Abs(p.Y-20.5) > 3 {
		t.Errorf("hottest place %v, want near 10.5, 20.5", p)
	}
	limited := testkit.Explain(t, RISE{Limit: 300, Correlation: 2}, l, r)
	if limited.Converged || limited.Evaluations != 301 || limited.Correlation == 0 {
		t.Errorf("limit: converged %v, %d evaluations, correlation %v", limited.Converged, limited.Evaluations, limited.Correlation)
	}
}

func TestSnapshotsAreCopiesAndNotTooMany(t *testing.T) {
	l := testkit.NewLinear(1, 32, 32, 2, imaging.NCHW)
	var snapshots []attribution.Snapshot
	m, err := attribution.Explain(context.Background(), RISE{Limit: 1024, Correlation: 2}, l, l.Request(), func(s attribution.Snapshot) { snapshots = append(snapshots, s) })
	if err != nil {
		t.Fatal(err)
	}
	if len(snapshots) == 0 || len(snapshots) > int(m.Seconds*10)+1 {
		t.Errorf("%d snapshots in %.2f s", len(snapshots), m.Seconds)
	}
	if s := snapshots[0]; s.Done != 33 || s.Total != 1025 || s.Map.Values[0] == m.Values[0] {
		t.Errorf("first snapshot: %d of %d, value %v, final %v", s.Done, s.Total, s.Map.Values[0], m.Values[0])
	}
}

// A contrast of linear effects is the difference of the effects, for the methods
// whose values are linear in the score.
func TestContrastOfLinearEffects(t *testing.T) {
	for _, method := range []attribution.Method{Occlusion{Grid: 6}, RISE{Limit: 256, Correlation: 2}, Factorial{Grid: 6}, KernelSHAP{Grid: 3}, LIME{Grid: 3, Samples: 200}} {
		l := testkit.NewLinear(2, 18, 18, 5, imaging.NHWC)
		r := l.Request()
		r.Truth = 3
		maps, err := attribution.ExplainAll(t.Context(), method, l, r, []attribution.Target{{Kind: attribution.Predicted}, {Kind: attribution.True}, {Kind: attribution.Contrast}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if maps[0].TargetIndex == 3 {
			t.Fatal("the prediction is right: the test shows nothing")
		}
		for c, v := range maps[2].Values {
			if want := maps[0].Values[c] - maps[1].Values[c]; math.Abs(float64(v-want)) > 1e-3 {
				t.Errorf("%s: contrast of cell %d is %v, want %v", method.Name(), c, v, want)
			}
		}
	}
}
