package perturb

import (
	"context"
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// slowMask enlarges a grid as the paper says, pixel by pixel, from the formula.
func slowMask(bits []float32, s, width, height, shiftX, shiftY int) []float64 {
	interpolate := func(at, length int) (int, int, float64) {
		p := (float64(at)+0.5)*float64(s)/float64(length) - 0.5
		if p < 0 {
			p = -p
		}
		if last := float64(s - 1); p > last {
			p = 2*last - p
		}
		a := int(math.Floor(p))
		return a, min(a+1, s-1), p - float64(a)
	}
	lengthX, lengthY := (s+1)*((width+s-1)/s), (s+1)*((height+s-1)/s)
	out := make([]float64, width*height)
	for y := range height {
		y0, y1, ty := interpolate(y+shiftY, lengthY)
		for x := range width {
			x0, x1, tx := interpolate(x+shiftX, lengthX)
			g := func(y, x int) float64 { return float64(bits[y*s+x]) }
			out[y*width+x] = (1-ty)*((1-tx)*g(y0, x0)+tx*g(y0, x1)) + ty*((1-tx)*g(y1, x0)+tx*g(y1, x1))
		}
	}
	return out
}

func TestMasksAreThePapers(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{224, 224}, {30, 17}, {7, 5}} {
		width, height := size[0], size[1]
		d := newShiftedGrids(RISE{}.withDefaults(), width, height, 42)
		p := d.painter().(*gridPainter)
		columns, rows := d.size()
		keep, row := make([]float32, columns*rows), make([]float32, width)
		for i := range 20 {
			p.load(i)
			want := slowMask(p.bits, 8, width, height, p.shiftX, p.shiftY)
			for y := range height {
				p.row(y, row)
				for x, k := range row {
					if math.Abs(float64(k)-want[y*width+x]) > 1e-6 {
						t.Fatalf("mask %d at %d,%d: %v, want %v", i, x, y, k, want[y*width+x])
					}
				}
			}
			p.cells(keep)
			for c, k := range keep {
				if mean := slowMean(want, width, height, columns, rows, c); math.Abs(float64(k)-mean) > 1e-5 {
					t.Fatalf("mask %d, map cell %d: %v, want %v", i, c, k, mean)
				}
			}
		}
	}
}

// slowMean is the mean of a mask over a map cell, pixels by their shared area.
func slowMean(mask []float64, width, height, columns, rows, cell int) float64 {
	overlap := func(p, cell, n, cells int) float64 {
		low, high := float64(n)*float64(cell)/float64(cells), float64(n)*float64(cell+1)/float64(cells)
		return math.Max(0, math.Min(high, float64(p+1))-math.Max(low, float64(p)))
	}
	sum, area := 0.0, 0.0
	for y := range height {
		tall := overlap(y, cell/columns, height, rows)
		for x := 0; tall > 0 && x < width; x++ {
			a := tall * overlap(x, cell%columns, width, columns)
			sum += a * mask[y*width+x]
			area += a
		}
	}
	return sum / area
}

func TestMaskStatistics(t *testing.T) {
	d := newShiftedGrids(RISE{Keep: 0.3}.withDefaults(), 64, 64, 1)
	p := d.painter().(*gridPainter)
	ones, shifts := 0, map[[2]int]int{}
	const n = 4000
	for i := range n {
		p.load(i)
		for _, b := range p.bits {
			ones += int(b)
		}
		shifts[[2]int{p.shiftX, p.shiftY}]++
	}
	share, sigma := float64(ones)/(n*64), math.Sqrt(0.3*0.7/(n*64))
	if math.Abs(share-0.3) > 5*sigma {
		t.Errorf("share of kept cells %.4f, want 0.3 ± %.4f", share, 5*sigma)
	}
	for s, count := range shifts {
		if math.Abs(float64(count)-n/64) > 5*math.Sqrt(n/64) {
			t.Errorf("shift %v drawn %d times, want about %d", s, count, n/64)
		}
	}
	if len(shifts) != 64 {
		t.Errorf("%d shifts, want 8×8", len(shifts))
	}
}

// The published scaling equals a naive implementation of the paper's formula:
// full-resolution masks, softmax of the class, Σ p·M ÷ (N·p), averaged over the
// pixels of each map cell.
func TestPublishedScalingEqualsTheFormula(t *testing.T) {
	l := testkit.NewLinear(3, 32, 32, 3, imaging.NCHW)
	for k := range l.Weights {
		for i := range l.Weights[k] {
			l.Weights[k][i] *= 0.05
		}
	}
	r := l.Request()
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
	method := RISE{Limit: 100, Keep: 0.4, Published: true}
	m := testkit.Explain(t, method, l, r)
	d := newShiftedGrids(method.withDefaults(), 32, 32, r.Seed)
	p := d.painter().(*gridPainter)
	sum := make([]float64, 32*32)
	for i := range 100 {
		p.load(i)
		mask := slowMask(p.bits, 8, 32, 32, p.shiftX, p.shiftY)
		x := make([]float32, len(r.Input))
		for j, v := range r.Input {
			x[j] = v * float32(mask[j%1024])
		}
		logits, _ := l.Score(context.Background(), x, 1)
		share := softmax(logits)[1]
		for j, k := range mask {
			sum[j] += share * k / (100 * 0.4)
		}
	}
	for c, v := range m.Values {
		if want := slowMean(sum, 32, 32, m.Width, m.Height, c); math.Abs(float64(v)-want) > 1e-5 {
			t.Fatalf("cell %d: %v, want %v", c, v, want)
		}
	}
	logits, _ := l.Score(context.Background(), r.Input, 1)
	if want := softmax(logits)[1]; math.Abs(m.Score-want) > 1e-9 {
		t.Errorf("score %v, want the probability %v", m.Score, want)
	}
}

func softmax(logits []float32) []float64 {
	out, sum := make([]float64, len(logits)), 0.0
	for i, v := range logits {
		out[i] = math.Exp(float64(v))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func TestMapResolution(t *testing.T) {
	for _, c := range []struct{ width, height, columns, rows int }{{224, 224, 32, 32}, {28, 28, 28, 28}, {96, 20, 32, 20}} {
		d := newShiftedGrids(RISE{}.withDefaults(), c.width, c.height, 0)
		if w, h := d.size(); w != c.columns || h != c.rows {
			t.Errorf("%d×%d: map of %d×%d, want %d×%d", c.width, c.height, w, h, c.columns, c.rows)
		}
	}
}

// A map cell is small against what a mask can resolve: drawing a full-resolution
// map from the cells, interpolated, loses little of it.
func TestMapCellsLoseLittle(t *testing.T) {
	t.Parallel()
	d := newShiftedGrids(RISE{}.withDefaults(), 224, 224, 3)
	p := d.painter().(*gridPainter)
	columns, rows := d.size()
	full, coarse, keep := make([]float64, 224*224), make([]float64, columns*rows), make([]float32, columns*rows)
	row := make([]float32, 224)
	for i := range 200 { // any weighted sum of masks is a RISE map
		p.load(i)
		weight := float64(p.bits[27]) + float64(p.bits[9])/2
		for y := range 224 {
			p.row(y, row)
			for x, k := range row {
				full[y*224+x] += weight * float64(k)
			}
		}
		p.cells(keep)
		for c, k := range keep {
			coarse[c] += weight * float64(k)
		}
	}
	low, high, worst := math.Inf(1), math.Inf(-1), 0.0
	for i, v := range full {
		low, high = math.Min(low, v), math.Max(high, v)
		x, y := (float64(i%224)+0.5)/7-0.5, (float64(i/224)+0.5)/7-0.5
		worst = math.Max(worst, math.Abs(v-between(coarse, columns, rows, x, y)))
	}
	if share := worst / (high - low); share > 0.05 {
		t.Errorf("the largest error is %.3f of the map's range, want at most 0.05", share)
	}
}

func between(values []float64, columns, rows int, x, y float64) float64 {
	x, y = math.Min(math.Max(x, 0), float64(columns-1)), math.Min(math.Max(y, 0), float64(rows-1))
	a, b := min(int(x), columns-2), min(int(y), rows-2)
	tx, ty := x-float64(a), y-float64(b)
	at := func(c, r int) float64 { return values[r*columns+c] }
	return (1-ty)*((1-tx)*at(a, b)+tx*at(a+1, b)) + ty*((1-tx)*at(a, b+1)+tx*at(a+1, b+1))
}

// Structured masks come in complements, drawn from a balanced plan.
func TestStructuredMasksAreComplements(t *testing.T) {
	d := newShiftedGrids(RISE{Structured: true, Limit: 200}.withDefaults(), 32, 24, 3)
	p := d.painter()
	a, b, kept := make([]float32, 32), make([]float32, 32), make([]float64, 24*32)
	for i := 0; i < 128; i += 2 {
		for y := range 24 {
			p.load(i)
			p.row(y, a)
			p.load(i + 1)
			p.row(y, b)
			for x := range a {
				if math.Abs(float64(a[x]+b[x]-1)) > 1e-6 {
					t.Fatalf("masks %d and %d add up to %v at %d,%d", i, i+1, a[x]+b[x], x, y)
				}
				kept[y*32+x] += float64(a[x] + b[x])
			}
		}
	}
	for i, k := range kept {
		if math.Abs(k-64) > 1e-4 {
			t.Errorf("pixel %d is kept %v of 128 times, want half", i, k)
		}
	}
}

// What a model answers to both a mask and its complement cancels exactly: here
// the square of a weighted sum around the middle, all second-order interactions.
func TestStructuredMasksCancelSecondOrderInteractions(t *testing.T) {
	g := &game{side: 16, value: func(keep []float64) float64 {
		sum := 0.0
		for i, k := range keep {
			sum += math.Sin(float64(i)) * (k - 0.5)
		}
		return sum * sum
	}}
	largest := func(m *attribution.Map) float64 {
		low, high := m.Range()
		return math.Max(float64(-low), float64(high))
	}
	structured := largest(testkit.Explain(t, RISE{Structured: true, Limit: 256, Correlation: 2}, g, g.request()))
	random := largest(testkit.Explain(t, RISE{Limit: 256, Correlation: 2}, g, g.request()))
	if structured > 1e-4 || random < 100*structured {
		t.Errorf("largest value %v with structured masks, %v with random ones", structured, random)
	}
}

// On an additive model structured masks come several times closer to the known
// effect than as many random ones.
func TestStructuredRISEConvergesToTheKnownEffect(t *testing.T) {
	t.Parallel()
	l := testkit.NewLinear(1, 24, 32, 3, imaging.NCHW)
	r := l.Request()
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
	wrong := func(m RISE) float64 {
		want := closedForm(newShiftedGrids(m.withDefaults(), l.Width, l.Height, 0), l.Effects(1, r.Input, 0), l.Width)
		sum, size := 0.0, 0.0
		for i, v := range testkit.Explain(t, m, l, r).Values {
			sum += math.Pow(float64(v)-want[i], 2)
			size += want[i] * want[i]
		}
		return math.Sqrt(sum / size)
	}
	method := RISE{Cells: 4, Limit: 2048, Correlation: 2}
	random := wrong(method)
	method.Structured = true
	structured := wrong(method)
	t.Logf("relative error %.3f with structured masks, %.3f with random ones", structured, random)
	if structured > 0.03 || structured > random/3 {
		t.Errorf("relative error %.3f with structured masks, %.3f with random ones", structured, random)
	}
}

// The shifts of successive foldovers are spread evenly over all there are.
func TestStructuredShiftsAreSpread(t *testing.T) {
	d := newShiftedGrids(RISE{Structured: true, Limit: 128 * 64}.withDefaults(), 64, 64, 5)
	p := d.painter().(*gridPainter)
	var x, y [8]int
	for fold := range 64 {
		p.load(128 * fold)
		x[p.shiftX]++
		y[p.shiftY]++
		before := [2]int{p.shiftX, p.shiftY}
		if p.load(128*fold + 127); before != [2]int{p.shiftX, p.shiftY} {
			t.Fatalf("masks of foldover %d have different shifts", fold)
		}
	}
	for s := range 8 {
		if x[s] < 6 || x[s] > 10 || y[s] < 6 || y[s] > 10 { // drawn independently: 8 ± 2.6
			t.Errorf("shift %d occurs %d and %d times of 64, want about 8", s, x[s], y[s])
		}
	}
}
