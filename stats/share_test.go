package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Shares that are all 0 or 1 have the Bayesian interval of a proportion with the prior
// Beta(⅓, ⅓): scipy.stats.beta.ppf([0.025, 0.975], k+1/3, n-k+1/3). The saddlepoint
// approximation is furthest off where all are the same, and then on the safe side.
func TestShareMeanOfProportions(t *testing.T) {
	for _, c := range []struct {
		k, n           int
		low, high, off float64
	}{
		{0, 5, 0, 0.330533816, 0.008}, {1, 5, 0.016327646, 0.622022224, 0.0016}, {0, 10, 0, 0.182242959, 0.0045}, {2, 10, 0.038678352, 0.496720735, 0.0006},
		{5, 10, 0.219839895, 0.780160105, 0.0001}, {10, 10, 0.817757041, 1, 0.0045}, {3, 30, 0.026577828, 0.238348834, 0.0003},
		{17, 100, 0.105300239, 0.251386369, 0.00001}, {0, 1000, 0, 0.002011740, 0.00005},
	} {
		values := make([]float64, c.n)
		for i := range c.k {
			values[i] = 1
		}
		e := ShareMean(samplesOf(values))
		if math.Abs(e.Low-c.low) > c.off || math.Abs(e.High-c.high) > c.off || !e.Known || e.N != c.n {
			t.Errorf("%d of %d: %.6f to %.6f, want %.6f to %.6f", c.k, c.n, e.Low, e.High, c.low, c.high)
		}
	}
}

// The interval is that of the definition: the mean with random weights, drawn.
func TestShareMeanAgreesWithItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	for _, values := range [][]float64{sparse, {0.31, 0.28, 0.35, 0.3, 0.29, 0.33}, {0, 0, 0, 0.2, 0, 0, 0}, {0.9, 1, 0.99, 1, 0.4}} {
		draws := make([]float64, 60_000)
		for i := range draws {
			weighted, total := 0.0, 0.0
			for _, v := range values {
				w := r.ExpFloat64()
				weighted, total = weighted+w*v, total+w
			}
			ends := [2]float64{gammaOfThird(r), gammaOfThird(r)}
			draws[i] = (weighted + ends[1]) / (total + ends[0] + ends[1])
		}
		slices.Sort(draws)
		e := ShareMean(samplesOf(values))
		if low, high := quantileOf(draws, 0.025), quantileOf(draws, 0.975); math.Abs(e.Low-low) > 0.005 || math.Abs(e.High-high) > 0.01 {
			t.Errorf("%v: %.4f to %.4f, drawn %.4f to %.4f", values, e.Low, e.High, low, high)
		}
	}
}

// gammaOfThird draws from the gamma distribution of shape ⅓ (Ahrens & Dieter 1974, GS).
func gammaOfThird(r *rand.Rand) float64 {
	const shape = 1. / 3
	b := 1 + shape/math.E
	for {
		p := b * r.Float64()
		if p <= 1 {
			if x := math.Pow(p, 1/shape); r.Float64() <= math.Exp(-x) {
				return x
			}
		} else if x := -math.Log((b - p) / shape); r.Float64() <= math.Pow(x, shape-1) {
			return x
		}
	}
}

// sharesOf draws shares of which a part is zero and the others are uᵃ of a uniform u,
// whose mean is 1/(1+a).
type sharesOf struct{ zeros, power float64 }

func (s sharesOf) mean() float64 { return (1 - s.zeros) / (1 + s.power) }

func (s sharesOf) draw(r *rand.Rand, n int) []Sample {
	list := make([]Sample, n)
	for i := range list {
		if r.Float64() >= s.zeros {
			list[i].Value = math.Pow(r.Float64(), s.power)
		}
	}
	return list
}

// Of intervals of shares with many zeros at least 92 % hold the true mean from ten samples on, and
// lie in [0, 1]; Student's, of the same samples, hold it in as few as a third of the cases.
func TestShareMeanCoversTheTruth(t *testing.T) {
	const trials = 600
	for _, n := range []int{5, 10, 30, 100} {
		worst, worstStudent, width := 1.0, 1.0, 0.0
		for _, s := range []sharesOf{{0, 1}, {0, 6}, {0.3, 3}, {0.5, 1}, {0.6, 0.1}, {0.8, 1}, {0.8, 4}, {0.9, 0.1}, {0.9, 1}, {0.9, 8}, {0.95, 3}} {
			r := rand.New(rand.NewPCG(uint64(n), uint64(1000*s.zeros+s.power)))
			hits, student := 0, 0
			for range trials {
				samples := s.draw(r, n)
				e := ShareMean(samples)
				if e.Low < 0 || e.High > 1 || e.Low > e.Mean || e.High < e.Mean {
					t.Fatalf("%+v of %v", e, samples)
				}
				if e.Low <= s.mean() && s.mean() <= e.High {
					hits++
				}
				if m := Mean(samples); m.Low <= s.mean() && s.mean() <= m.High {
					student++
				}
				width += (e.High - e.Low) / trials / 11
			}
			worst, worstStudent = math.Min(worst, float64(hits)/trials), math.Min(worstStudent, float64(student)/trials)
		}
		t.Logf("n = %d: %.3f of the intervals hold the mean at worst (Student's %.3f), mean width %.3f", n, worst, worstStudent, width)
		if n >= 10 && worst < 0.92 {
			t.Errorf("n = %d: only %.3f of the intervals hold the mean", n, worst)
		}
	}
}

func TestFewSharesHaveNoInterval(t *testing.T) {
	if e := ShareMean(samplesOf(sparse[:4])); e.Known || e.Low != e.Mean || e.High != e.Mean || e.N != 4 {
		t.Errorf("%+v", e)
	}
	list := append(samplesOf(sparse[:5]), Sample{0.9, true}, Sample{math.NaN(), false})
	if e := ShareMean(list); !e.Known || e.N != 5 || e.LeftOut != 1 || e.Empty != 1 || math.Abs(e.Mean-0.066) > 1e-12 {
		t.Errorf("%+v", e)
	}
	if e := ShareMean(nil); e.Known || e.Mean != 0 {
		t.Errorf("%+v", e)
	}
}

// Many values are put together in cells before their interval is found: that changes it
// by less than a thousandth of its width, and keeps it quick.
func TestShareMeanOfManyValues(t *testing.T) {
	for _, s := range []sharesOf{{0.9, 1}, {0, 6}, {1, 1}, {0.3, 40}} {
		samples := s.draw(rand.New(rand.NewPCG(1, 1)), 10_000)
		_, values := counted(samples)
		exact := dirichletMean{append(values, 0, 1), append(slices.Repeat([]float64{1}, len(values)), endWeight, endWeight)}
		started := time.Now()
		e := ShareMean(samples)
		took := time.Since(started)
		if low, high := exact.quantile(0.025), exact.quantile(0.975); math.Abs(e.High-high) > (high-low)/1000 || math.Abs(e.Low-math.Min(low, e.Mean)) > (high-low)/1000 {
			t.Errorf("%+v: %v to %v, exactly %v to %v", s, e.Low, e.High, low, high)
		}
		if took > 200*time.Millisecond { // 1 ms on an idle machine
			t.Errorf("%+v took %v", s, took)
		}
	}
}

func TestShareMeanIsItsMirror(t *testing.T) {
	mirrored := make([]Sample, len(sparse))
	for i, v := range sparse {
		mirrored[i].Value = 1 - v
	}
	a, b := ShareMean(samplesOf(sparse)), ShareMean(mirrored)
	if math.Abs(a.Low-(1-b.High)) > 1e-9 || math.Abs(a.High-(1-b.Low)) > 1e-9 {
		t.Errorf("%+v, mirrored %+v", a, b)
	}
}

func BenchmarkShareMean(b *testing.B) {
	for name, n := range map[string]int{"100": 100, "1000": 1000, "10000": 10_000} {
		samples := sharesOf{0.8, 2}.draw(rand.New(rand.NewPCG(1, 1)), n)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ShareMean(samples)
			}
		})
	}
}
