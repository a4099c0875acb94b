package gradient

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/attribution/internal/setting"
	"github.com/sightline/sightline/metrics"
)

// A noisyKind makes a map of the gradients at noisy copies of the sample.
type noisyKind interface {
	card() attribution.Card
	// value is one value of the map, from the sum and the sum of squares of n
	// gradients.
	value(sum, squares float64, n int) float64
}

// Noisy is a method that adds noise to the sample and takes gradients; see
// SmoothGrad. The noise of copy i depends on the seed and i alone.
type Noisy[K noisyKind] struct {
	Samples int     // noisy copies; 0 means 25
	Noise   float64 // standard deviation, as a share of the sample's range in the model's input; 0 means 0.15
	attribution.Pixels
}

// SmoothGrad is the mean gradient over noisy copies of the sample (Smilkov et al.
// 2017, "SmoothGrad: removing noise by adding noise"). Units: score per unit of the
// model's input.
type SmoothGrad = Noisy[smoothGrad]

type smoothGrad struct{}

func (smoothGrad) card() attribution.Card {
	return attribution.Card{
		Name: "smoothgrad", Title: "SmoothGrad",
		Description: "Adds noise to the image many times and averages the gradients. What remains is the gradient that does not depend on single pixels.",
		Cost:        "25 runs forward and backward, about 2.3 forward runs each",
		Failures: "Like the gradient it says what would change the score, not what made it. Noise blurs fine details. Too much noise asks about " +
			"images that the model never saw. Signed sums over channels cancel. The absolute value (reduce=absmax) looks clearer, but hides " +
			"what speaks against the class.",
		Paper: "Smilkov et al., SmoothGrad: removing noise by adding noise, 2017",
	}
}

func (smoothGrad) value(sum, _ float64, n int) float64 { return sum / float64(n) }

// VarGrad is the variance of the gradient over noisy copies of the sample (Adebayo
// et al. 2018, "Local explanation methods for deep neural networks lack
// sensitivity to parameter values"), divided by n. It is never negative. Units:
// (score per unit of the model's input)².
type VarGrad = Noisy[varGrad]

type varGrad struct{}

func (varGrad) card() attribution.Card {
	return attribution.Card{
		Name: "vargrad", Title: "VarGrad",
		Description: "Adds noise to the image many times and shows where the gradient varies most. There the model's answer bends.",
		Cost:        "25 runs forward and backward, about 2.3 forward runs each",
		Failures: "Has no sign: what speaks for the class looks like what speaks against it. Adds up to nothing. With little noise it shows hardly " +
			"more than kinks.",
		Paper: "Adebayo et al., Local explanation methods for deep neural networks lack sensitivity to parameter values, 2018",
	}
}

func (varGrad) value(sum, squares float64, n int) float64 {
	mean := sum / float64(n)
	return max(squares/float64(n)-mean*mean, 0)
}

func (Noisy[K]) kind() K { var k K; return k }

// Name is the name on the kind's card.
func (m Noisy[K]) Name() string { return m.kind().card().Name }

// Card describes the method.
func (m Noisy[K]) Card() attribution.Card {
	c := gradientCard(m.kind().card())
	c.Options = append([]attribution.Option{
		{Name: "samples", Default: "25", Description: "noisy copies"},
		{Name: "noise", Default: "0.15", Description: "standard deviation of the noise, as a share of the image's range of values"},
		{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
	}, c.Options...)
	c.Streams = true
	return c
}

// With sets samples, noise, reduce or channels.
func (m Noisy[K]) With(option, value string) (_ attribution.Method, err error) {
	switch option {
	case "samples":
		m.Samples, err = setting.Count(value)
	case "noise":
		m.Noise, err = setting.Positive(value)
	default:
		var ok bool
		if ok, err = m.Set(option, value); !ok {
			err = setting.Unknown(m.Card())
		}
	}
	return m, err
}

// ExplainBatch makes the maps of several samples at once. Each map's Correlation
// is that of the maps of its even and its odd copies.
func (m Noisy[K]) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	m = m.withDefaults()
	return backward.AllOf(len(rs), m.Name())(m.explain(ctx, s, rs, targets, m.noise, progress))
}

func (m Noisy[K]) withDefaults() Noisy[K] {
	if m.Samples <= 0 {
		m.Samples = 25
	}
	if m.Noise <= 0 {
		m.Noise = 0.15
	}
	return m
}

// noiseSource writes the noise of one copy of a sample.
type noiseSource func(r attribution.Request, copy int, x []float32)

func (m Noisy[K]) explain(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, noise noiseSource, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error, error) {
	started := time.Now()
	p, errs, err := openProbes(ctx, s, rs, targets, m.Samples, progress)
	if err != nil {
		return nil, nil, err
	}
	maps := make([][]*attribution.Map, len(rs))
	err = m.sample(ctx, p, rs, noise, func(k int, t noisyTally) {
		j := p.Jobs[k]
		r := rs[j.Sample]
		made := r.NewPixelMap(m.Name(), j.Target, j.Score, s, m.Pixels, t.values(m.kind(), m.Samples), backward.InputRange(r.Input))
		made.Steps, made.Evaluations, made.Correlation = m.Samples, m.Samples+1, t.halves(m.kind(), m.Samples)
		maps[j.Sample] = append(maps[j.Sample], made)
	})
	backward.Share(maps, started, len(p.Jobs))
	return maps, errs, err
}

// sample takes the gradients of one job after another; done gets what they add up
// to.
func (m Noisy[K]) sample(ctx context.Context, p *probes, rs []attribution.Request, noise noiseSource, done func(job int, t noisyTally)) error {
	var t noisyTally
	at := func(k, i int, x []float32) {
		r := rs[p.Jobs[k].Sample]
		noise(r, i, x)
		for v, clean := range r.Input {
			x[v] += clean
		}
	}
	return p.run(ctx, p.all(), m.Samples, at, func(k, i int, gradient []float32) {
		if i == 0 {
			t = newNoisyTally(p.length)
		}
		if t.add(i%2, gradient); i == m.Samples-1 {
			done(k, t)
		}
	})
}

// noise draws the noise of one copy.
func (m Noisy[K]) noise(r attribution.Request, copy int, x []float32) {
	size := m.Noise * backward.InputRange(r.Input)
	source := rand.New(rand.NewPCG(r.Seed, uint64(copy)))
	for v := range x {
		x[v] = float32(size * source.NormFloat64())
	}
}

// noisyTally sums gradients and their squares, of even and odd copies.
type noisyTally struct{ sum, squares [2][]float64 }

func newNoisyTally(length int) (t noisyTally) {
	for half := range t.sum {
		t.sum[half], t.squares[half] = make([]float64, length), make([]float64, length)
	}
	return t
}

func (t noisyTally) add(half int, gradient []float32) {
	cores.Pieces(len(gradient), func(from, to int) {
		sum, squares := t.sum[half][from:to], t.squares[half][from:to]
		for i, v := range gradient[from:to] {
			sum[i] += float64(v)
			squares[i] += float64(v) * float64(v)
		}
	})
}

func (t noisyTally) values(k noisyKind, n int) []float32 {
	out := make([]float32, len(t.sum[0]))
	for i := range out {
		out[i] = float32(k.value(t.sum[0][i]+t.sum[1][i], t.squares[0][i]+t.squares[1][i], n))
	}
	return out
}

// halves is the rank correlation of the values of even and of odd copies.
func (t noisyTally) halves(k noisyKind, n int) float64 {
	if n < 2 {
		return 0
	}
	var half [2][]float32
	for h := range half {
		for i, v := range t.sum[h] {
			half[h] = append(half[h], float32(k.value(v, t.squares[h][i], (n+1-h)/2)))
		}
	}
	return metrics.Spearman(half[0], half[1])
}
