package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// dirichletMean is the distribution of a mean with random weights: Σ gᵢxᵢ ÷ Σ gᵢ
// with independent gᵢ of gamma distributions of shapes αᵢ. It lies below c where
// Q = Σ gᵢ(xᵢ − c) is negative, and Q is a sum of independent variables with a known
// cumulant function, K(t) = −Σ αᵢ log(1 − t(xᵢ − c)), so that its distribution at 0
// has a saddlepoint approximation (Barndorff-Nielsen 1986; Jensen 1995, chapter 5):
// Φ(w + log(v/w)/w) with w = ±√(−2K(t)), v = t√K″(t) at the t where K′(t) = 0.
type dirichletMean struct {
	values, shapes []float64 // xᵢ in [0, 1] and αᵢ
}

// mostValues is the number of values above which values near one another are put
// together, so that an interval of many samples costs no more than one of few.
const mostValues = 1024

// newDirichletMean gives every value the shape 1, and 0 and 1, which are added, the
// shape end. Rounding beyond [0, 1] is taken off.
func newDirichletMean(values []float64, end float64) dirichletMean {
	d := dirichletMean{[]float64{0, 1}, []float64{end, end}}
	for _, v := range values {
		d.values, d.shapes = append(d.values, math.Min(1, math.Max(0, v))), append(d.shapes, 1)
	}
	if len(values) > mostValues {
		d.values, d.shapes = pooled(d.values[2:])
		d.values, d.shapes = append(d.values, 0, 1), append(d.shapes, end, end)
	}
	return d
}

// pooled puts the values in cells of a mostValues-th of their range and returns the
// mean and the number of those in each.
func pooled(values []float64) (means, counts []float64) {
	low, high := slices.Min(values), slices.Max(values)
	sums, numbers := make([]float64, mostValues), make([]float64, mostValues)
	for _, v := range values {
		cell := 0
		if high > low {
			cell = min(mostValues-1, int((v-low)/(high-low)*mostValues))
		}
		sums[cell] += v
		numbers[cell]++
	}
	for i, n := range numbers {
		if n > 0 {
			means, counts = append(means, sums[i]/n), append(counts, n)
		}
	}
	return means, counts
}

// quantile is the c below which the mean lies with probability p. It is sought, by the
// Illinois variant of regula falsi, in the logarithm of c ÷ (1 − c), in which the
// normal deviate of p is nearly straight.
func (d dirichletMean) quantile(p float64) float64 {
	const precision, steps = 1e-10, 200
	s := search{d: d, want: distuv.UnitNormal.Quantile(p)}
	s.bracket()
	for range steps {
		x := (s.low*s.above - s.high*s.below) / (s.above - s.below)
		if !(x > s.low && x < s.high) || s.high-s.low < precision {
			break
		}
		got := s.miss(x)
		if math.Abs(got) < precision {
			return logistic(x)
		}
		s.narrow(x, got)
	}
	return logistic((s.low + s.high) / 2)
}

// search is the look for a quantile: between low, where the deviate is below that
// wanted by −below, and high, where it is above it by above.
type search struct {
	d            dirichletMean
	want         float64
	low, high    float64
	below, above float64
	last         int     // which end moved last: −1 low, 1 high
	t            float64 // the saddlepoint last found: the next is not far
}

// miss is by how much the deviate at x misses what is wanted.
func (s *search) miss(x float64) float64 {
	var z float64
	z, s.t = s.d.deviate(logistic(x), s.t)
	return z - s.want
}

// bracket finds two ends around the quantile, from where a normal distribution has it.
func (s *search) bracket() {
	mean, deviation := s.d.moments()
	at := func(z float64) float64 {
		edge := math.Min(mean, 1-mean) / 8
		c := math.Min(1-edge, math.Max(edge, mean+z*deviation))
		return math.Log(c / (1 - c))
	}
	s.low, s.high = at(s.want-0.5), at(s.want+0.5)
	step := math.Max(0.1, s.high-s.low)
	for s.below = s.miss(s.low); s.below > 0 && s.low > -700; s.below = s.miss(s.low) {
		s.low -= step
		step *= 2
	}
	for s.above = s.miss(s.high); s.above < 0 && s.high < 700; s.above = s.miss(s.high) {
		s.high += step
		step *= 2
	}
}

// narrow moves an end to x. An end that stays twice counts half, so that the next
// guess falls nearer to it.
func (s *search) narrow(x, got float64) {
	if got < 0 {
		s.low, s.below = x, got
		if s.last < 0 {
			s.above /= 2
		}
		s.last = -1
		return
	}
	s.high, s.above = x, got
	if s.last > 0 {
		s.below /= 2
	}
	s.last = 1
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// moments are the exact mean and standard deviation.
func (d dirichletMean) moments() (mean, deviation float64) {
	total, square := 0.0, 0.0
	for i, x := range d.values {
		total += d.shapes[i]
		mean += d.shapes[i] * x
	}
	mean /= total
	for i, x := range d.values {
		square += d.shapes[i] * (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(square / total / (total + 1))
}

// deviate is the normal deviate of the probability that the mean lies below c in
// (0, 1), and the saddlepoint; near is where to look for that first.
func (d dirichletMean) deviate(c, near float64) (z, t float64) {
	t = d.saddle(c, near)
	k, k2, k3 := d.cumulants(c, t)
	v := t * math.Sqrt(k2)
	if math.Abs(v) < 1e-3 { // the limit, where w and v are both nearly 0
		return v + k3/(6*math.Pow(k2, 1.5)), t
	}
	w := math.Copysign(math.Sqrt(math.Max(0, -2*k)), t)
	return w + math.Log(v/w)/w, t
}

// saddle is the t between the poles of K at which K′ is 0, by Newton's method, kept
// between bounds. K′ rises from −∞ to ∞.
func (d dirichletMean) saddle(c, near float64) float64 {
	const steps = 200
	low, high := -1/c, 1/(1-c)
	t := near
	for range steps {
		if !(t > low && t < high) {
			t = low + (high-low)/2
		}
		slope, bend := d.slope(c, t)
		if slope < 0 {
			low = t
		} else {
			high = t
		}
		next := t - slope/bend
		if math.Abs(next-t) <= 1e-13*math.Abs(t) {
			return next
		}
		t = next
	}
	return low + (high-low)/2
}

// slope is K′(t) and K″(t).
func (d dirichletMean) slope(c, t float64) (k1, k2 float64) {
	for i, x := range d.values {
		a, q := d.shapes[i], (x-c)/(1-t*(x-c))
		k1 += a * q
		k2 += a * q * q
	}
	return k1, k2
}

// cumulants is K(t), K″(t) and K‴(t).
func (d dirichletMean) cumulants(c, t float64) (k, k2, k3 float64) {
	for i, x := range d.values {
		a, q := d.shapes[i], (x-c)/(1-t*(x-c))
		k -= a * math.Log1p(-t*(x-c))
		k2 += a * q * q
		k3 += 2 * a * q * q * q
	}
	return k, k2, k3
}
