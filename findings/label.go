package findings

import (
	"fmt"
	"math"
)

// Labels that are probably wrong.
//
// Which: confident learning (Northcutt, Jiang & Chuang 2021). The threshold of a class is the mean
// score of the images that are labelled so; an image is counted in the class with the largest
// score of those whose score reaches their threshold. Where that is not the label, nor the label
// what is predicted, the label is a suspect.
//
// Whether: a model that errs makes suspects of right labels, too. So their number is not
// believed by itself. A model's errors die out as its confidence grows; wrong labels do not. In
//
//	P(right | confidence c) = (1 − ε) · σ(a · logit c + b)
//
// ε is the share of labels that are wrong whatever the model is sure of; a and b take up that it
// is too sure, or not sure enough. It is fitted by expectation and maximisation, and ε = 0 is
// tested by the ratio of likelihoods.
const (
	fewestSuspects = 3
	leastNoise     = 0.003
	noiseBins      = 400
	largestLogit   = 17.0 // that of 1 − 2⁻²⁴, the largest float32 below 1
)

// noise is how many labels are wrong whatever the model is sure of.
type noise struct {
	rate float64 // ε; 0 where it is not established
	a, b float64
	p    float64 // of ε = 0
	low  float64 // of ε, 95 %
	high float64
}

// level is the logit of a confidence.
func level(confidence float64) float64 {
	x := math.Log(confidence / (1 - confidence))
	return math.Max(-largestLogit, math.Min(largestLogit, x))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// bin holds answers of about one confidence.
type bin struct{ x, right, wrong float64 }

func findNoise(rows []*Answer) noise {
	bins := make([]bin, noiseBins+1)
	for _, a := range rows {
		x := level(a.Confidence)
		b := &bins[int(math.Round((x+largestLogit)/(2*largestLogit)*noiseBins))]
		if b.x += x; a.wrong() {
			b.wrong++
		} else {
			b.right++
		}
	}
	var list []bin
	for _, b := range bins {
		if n := b.right + b.wrong; n > 0 {
			b.x /= n
			list = append(list, b)
		}
	}
	if len(rows) < fewestAnswers || len(list) < 3 {
		return noise{a: 1, p: 1}
	}
	without, ln0 := fitNoise(list, 0, false)
	with, ln1 := fitNoise(list, 0.02, true)
	ratio := math.Max(0, 2*(ln1-ln0))
	with.p = math.Erfc(math.Sqrt(ratio/2)) / 2 // half of a chi-square: ε lies at the edge (Self & Liang 1987)
	if with.p > significant || with.rate < leastNoise {
		without.p = with.p
		return without
	}
	with.low, with.high = profile(list, with.rate, ln1)
	return with
}

// fitNoise maximises the likelihood; free says whether ε is fitted or held.
func fitNoise(list []bin, rate float64, free bool) (noise, float64) {
	f := noise{rate: rate, a: 1}
	last := math.Inf(-1)
	for range 200 {
		f.newton(list)
		ln := f.likelihood(list)
		if free {
			wrong, n := 0.0, 0.0
			for _, b := range list {
				wrong += b.wrong * f.wrongLabel(b.x)
				n += b.right + b.wrong
			}
			f.rate = wrong / n
		}
		if math.Abs(ln-last) < 1e-9 {
			break
		}
		last = ln
	}
	return f, f.likelihood(list)
}

// newton takes some steps towards the a and b that are most likely at this ε: an answer that
// is wrong counts by the probability that it is the model's error.
func (f *noise) newton(list []bin) {
	for range 4 {
		g0, g1, h00, h01, h11 := 0.0, 0.0, 1e-6, 0.0, 1e-6
		for _, b := range list {
			s := sigmoid(f.a*b.x + f.b)
			wrong := b.wrong * (1 - f.wrongLabel(b.x))
			r := b.right - (b.right+wrong)*s
			v := (b.right + wrong) * s * (1 - s)
			g0, g1 = g0+r, g1+r*b.x
			h00, h01, h11 = h00+v, h01+v*b.x, h11+v*b.x*b.x
		}
		det := h00*h11 - h01*h01
		if det <= 1e-12 {
			return
		}
		db, da := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		scale := math.Min(1, 2/math.Max(math.Abs(da), math.Abs(db)))
		f.b += scale * db
		f.a = math.Max(0, f.a+scale*da)
	}
}

// wrongLabel is the probability that the label is wrong where the answer is.
func (f *noise) wrongLabel(x float64) float64 {
	if f.rate == 0 {
		return 0
	}
	return f.rate / (f.rate + (1-f.rate)*(1-sigmoid(f.a*x+f.b)))
}

func (f *noise) likelihood(list []bin) (ln float64) {
	for _, b := range list {
		right := (1 - f.rate) * sigmoid(f.a*b.x+f.b)
		right = math.Min(1-1e-12, math.Max(1e-12, right))
		ln += b.right*math.Log(right) + b.wrong*math.Log(1-right)
	}
	return ln
}

// profile is the interval of ε in which the likelihood falls by less than half a 95 % chi-square.
func profile(list []bin, rate, best float64) (low, high float64) {
	const fall = 1.92
	inside := func(e float64) bool {
		_, ln := fitNoise(list, e, false)
		return best-ln <= fall
	}
	edge := func(from, to float64) float64 { // from is inside
		for range 12 {
			if mid := (from + to) / 2; inside(mid) {
				from = mid
			} else {
				to = mid
			}
		}
		return from
	}
	return edge(rate, 0), edge(rate, 0.5)
}

// share is how many of some wrong answers have a wrong label, in [0, 1].
func (f *noise) share(list []*Answer) float64 {
	sum := 0.0
	for _, a := range list {
		sum += f.wrongLabel(level(a.Confidence))
	}
	return sum / float64(max(1, len(list)))
}

// labels finds labels that are probably wrong.
func labels(t *inspection) ([]Statement, string) {
	suspects := t.wrongOf(func(a *Answer) bool { return a.Other >= 0 && a.Other != a.Truth })
	none := fmt.Sprintf("Labels: %s by confident learning, which the model's own errors explain.", suspected(len(suspects)))
	if len(suspects) == 0 {
		none = "Labels: no label is suspected by confident learning."
	}
	f := t.noise
	if f.rate == 0 || len(suspects) < fewestSuspects {
		return nil, none
	}
	n := float64(t.all.N)
	s := Statement{Class: All, Effect: f.rate, Low: f.low, High: f.high, Unit: "share of wrong labels", N: t.all.N, Q: f.p, Tests: 1, Samples: surest(suspects)}
	s.Won, s.WonLow, s.WonHigh = math.Min(f.rate*n, float64(t.all.Wrong)), f.low*n, math.Min(f.high*n, float64(t.all.Wrong))
	s.Short = fmt.Sprintf("about %s of %d labels are probably wrong", about(s.Won), t.all.N)
	s.Text = fmt.Sprintf("%s (95 %%: %s to %s): the model's errors do not die out where it is sure. %s.", capital(s.Short), about(s.WonLow), about(s.WonHigh), capital(suspected(len(suspects))+" by confident learning"))
	least := 1.0
	for _, a := range suspects {
		least = math.Min(least, a.Confidence)
	}
	s.Next = "Look at the images, the surest first: mend the labels that are wrong, in the training data too, before anything else is changed."
	s.Doors = []Door{{"Sure and wrong", t.within(fmt.Sprintf("correct=false&confidence=%.2f-", math.Floor(100*least)/100))}}
	return []Statement{s}, ""
}

func suspected(n int) string {
	switch n {
	case 0:
		return "no label is suspected"
	case 1:
		return "one label is suspected"
	}
	return fmt.Sprintf("%s labels are suspected", count(n))
}
