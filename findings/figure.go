package findings

import (
	"math"

	"github.com/sightline/sightline/stats"
)

// Figure is what one fill showed of a pair.
type Figure struct {
	Fill    string
	N       int     // samples with controls, or all where there are none
	Turned  float64 // share of right answers that turn
	Control float64 // share that turns at the controls; NaN where there are none
	More    float64 // Turned − Control, of the same samples, with its interval
	Low     float64
	High    float64
	Lost    float64 // margin lost more than at the controls ÷ the median margin
	P       float64 // of Lost, two-sided; NaN where there are no controls, or too few samples
	Raw     float64 // share that turns, controls or not
	Least   float64 // its interval of 95 %
	Most    float64
	All     int     // samples that Raw is of
	Winner  int     // the class that most of the turned ones turn to; -1 if none turns
	Samples []int64 // those that turned
}

// How sure a statement must be.
const (
	fewestForP    = 12   // samples
	fewestForRate = 25   // samples of a rate that is put in words
	significant   = 0.05 // corrected
	pointsMore    = 0.10 // share turned, more than the controls
	marginMore    = 0.5  // of the class's median margin
	notUsed       = 0.10 // upper bound of the share turned
	rounding      = 1e-9 // of a mean of shares that is nothing
	permutations  = 4000

	mostPermutations = 200_000
)

// figure computes what one fill showed.
func (p *Pair) figure(fill string, seed uint64) Figure {
	f := Figure{Fill: fill, Control: math.NaN(), P: math.NaN(), Winner: -1}
	median := p.medianMargin()
	winners := map[int]int{}
	var turned, more, lost []float64
	var all, control float64
	for _, s := range p.Samples {
		for _, of := range s.Fills {
			if of.Name != fill || len(of.Changed) == 0 {
				continue
			}
			t := share(of.Changed, p.Class)
			all += t
			f.All++
			if of.Changed[0].Winner != p.Class {
				winners[of.Changed[0].Winner]++
				f.Samples = append(f.Samples, s.ID)
			}
			if len(of.Controls) == 0 {
				continue
			}
			c := share(of.Controls, p.Class)
			control += c
			turned, more = append(turned, t), append(more, t-c)
			lost = append(lost, mean(of.Controls)-mean(of.Changed))
		}
	}
	f.winner(winners)
	f.bound(all)
	if f.N = len(more); f.N == 0 {
		f.N, f.Turned = f.All, f.Raw
		return f
	}
	n := float64(f.N)
	f.Turned, f.Control, f.Lost = sum(turned)/n, control/n, finite(sum(lost)/n/median)
	f.More, f.Low, f.High = difference(more)
	if f.N >= fewestForP {
		f.P = p.tested(lost, seed)
	}
	return f
}

// tested is the p-value of differences. Where it is going to count for many pairs, more draws are
// made, as far as fewer cannot tell: the smallest p-value of n draws is 1 ÷ (n + 1).
func (p *Pair) tested(differences []float64, seed uint64) float64 {
	value := stats.PairedPermutation(differences, permutations, seed)
	if value*permutations < 5 && value*float64(p.Reused) > significant/10 {
		value = stats.PairedPermutation(differences, min(mostPermutations, 400*p.Reused), seed)
	}
	return value
}

// winner finds the class that most samples turned to.
func (f *Figure) winner(count map[int]int) {
	for c, n := range count {
		if f.Winner < 0 || n > count[f.Winner] || n == count[f.Winner] && c < f.Winner {
			f.Winner = c
		}
	}
}

// bound finds the interval of the share that turns.
func (f *Figure) bound(turned float64) {
	f.Raw = turned / math.Max(1, float64(f.All))
	f.Least, f.Most = stats.Wilson(int(math.Round(turned)), f.All, stats.Level)
}

// difference is the mean of differences of shares, numbers from -1 to 1, with an interval
// that holds the true mean also where most of them are equal; see stats.ShareMean.
func difference(list []float64) (mean, low, high float64) {
	samples := make([]stats.Sample, len(list))
	for i, d := range list {
		samples[i].Value = (d + 1) / 2
	}
	e := stats.ShareMean(samples)
	if !e.Known {
		return 2*e.Mean - 1, -1, 1
	}
	return 2*e.Mean - 1, 2*e.Low - 1, 2*e.High - 1
}

// finite is 0 for what is no number, such as the margin of a model of one class.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

func sum(list []float64) (s float64) {
	for _, v := range list {
		s += v
	}
	return s
}

// large tells whether an effect has size, whatever the significance of the margin: in answers that turn, whose
// interval must not hold 0, or in the margin.
func (f *Figure) large() bool { return f.More >= pointsMore && f.Low > 0 || f.Lost >= marginMore }

// paste counts what pasting did: the share that turned to the class, that of the controls,
// the difference with its interval, and the p-value of the exact test of the pairs.
func (p *Pair) paste() *PasteFigure {
	if len(p.Pasted) == 0 {
		return nil
	}
	f := &PasteFigure{P: math.NaN()}
	var more []float64
	only, controlOnly := 0, 0
	for _, s := range p.Pasted {
		if !s.Controlled {
			continue
		}
		f.N++
		t, c := one(s.Turned), one(s.ControlTurned)
		f.Turned += t
		f.Control += c
		more = append(more, t-c)
		if s.Turned && !s.ControlTurned {
			only++
		}
		if s.ControlTurned && !s.Turned {
			controlOnly++
		}
		if s.Turned {
			f.Samples = append(f.Samples, s.ID)
		}
	}
	if f.N == 0 {
		return nil
	}
	f.Turned, f.Control = f.Turned/float64(f.N), f.Control/float64(f.N)
	f.More, f.Low, f.High = difference(more)
	if f.N >= fewestForP {
		f.P = stats.McNemar(controlOnly, only)
	}
	return f
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// PasteFigure is what pasting an area into samples of other classes showed.
type PasteFigure struct {
	N               int
	Turned, Control float64
	More, Low, High float64
	P, Q            float64 // Q is corrected for all pairs that were pasted
	Samples         []int64 // those that turned
}

// turns tells whether pasting turns answers to the class, as far as can be said.
func (f *PasteFigure) turns() bool {
	return f != nil && f.Q <= significant && f.More >= pointsMore
}
