package probing

import (
	"slices"

	"github.com/sightline/sightline/stats"
)

// entrant is an option in a race, and what was seen of it.
type entrant struct {
	option
	seen    *seen
	present bool // the model's settings now
	loss    []float64
	right   []bool
}

// seen are the logits of the first samples.
type seen struct{ logits []float32 }

func (e *entrant) n(classes int) int { return len(e.seen.logits) / classes }

// measure finds the losses.
func (e *entrant) measure(p *Problem) {
	e.loss, e.right = losses(e.seen.logits, p.Classes, p.Orders[e.order].Truth[:e.n(p.Classes)])
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}

func (e *entrant) accuracy() float64 {
	n := 0
	for _, right := range e.right {
		if right {
			n++
		}
	}
	return float64(n) / float64(len(e.right))
}

// minus is by how much the loss is larger than another's, on the samples that both have seen.
func (e *entrant) minus(other *entrant) stats.Estimate {
	n := min(len(e.loss), len(other.loss))
	a, b := make([]stats.Sample, n), make([]stats.Sample, n)
	for i := range n {
		a[i].Value, b[i].Value = e.loss[i], other.loss[i]
	}
	d, _ := stats.PairedDifference(a, b) // of equal lengths
	return d
}

// worse says that the loss is larger, and established to be.
func worse(d stats.Estimate) bool { return d.Known && d.Low > 0 }

// slack is by how much, in nats, another candidate may be better without that mattering: a
// tenth of the loss and a little, at most 0.05. That is about a point of accuracy.
func slack(loss float64) float64 { return min(0.05, 0.02+loss/10) }

func byLoss(a, b *entrant) int {
	switch x, y := mean(a.loss), mean(b.loss); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// survivors are the two best, and whoever is not clearly worse than the best, by loss. The
// intervals are taken half as wide again: few samples, and many who could be unlucky.
func survivors(in []*entrant) (out []*entrant) {
	sorted := slices.Clone(in)
	slices.SortStableFunc(sorted, byLoss)
	for i, e := range sorted {
		d := e.minus(sorted[0])
		if i < 2 || d.Mean-1.5*(d.Mean-d.Low) <= 0 {
			out = append(out, e)
		}
	}
	return out
}

// A Stage is one decision.
type Stage struct {
	Name     string
	entrants []*entrant // by loss, those that saw all samples first
	choice   int
	rivals   []int // those that may be better by more than it takes to matter
}

func (s *Stage) chosen() *entrant { return s.entrants[s.choice] }

// mostContenders bounds who goes on to the next stage.
const mostContenders = 2

// contenders are the choice and its rivals.
func (s *Stage) contenders() []*entrant {
	list := []*entrant{s.chosen()}
	for _, i := range s.rivals {
		if len(list) < mostContenders {
			list = append(list, s.entrants[i])
		}
	}
	return list
}

// decide chooses the first listed, which is the likeliest, of those that are not established to
// be worse than the one with the least loss. Its rivals are those that are not established to be
// worse than it and could be better by more than slack; those of its kind are none.
func decide(name string, listed []*entrant) Stage {
	s := Stage{Name: name, entrants: slices.Clone(listed)}
	slices.SortStableFunc(s.entrants, func(a, b *entrant) int {
		if d := len(b.loss) - len(a.loss); d != 0 {
			return d // who was seen on fewer samples dropped out
		}
		return byLoss(a, b)
	})
	best := s.entrants[0]
	chosen := listed[slices.IndexFunc(listed, func(e *entrant) bool {
		return len(e.loss) == len(best.loss) && !worse(e.minus(best))
	})]
	s.choice = slices.Index(s.entrants, chosen)
	margin := slack(mean(chosen.loss))
	for i, e := range s.entrants {
		if d := e.minus(chosen); e != chosen && !e.kin(chosen) && !worse(d) && d.Low < -margin {
			s.rivals = append(s.rivals, i)
		}
	}
	return s
}

func (e *entrant) kin(other *entrant) bool { return e.kind != "" && e.kind == other.kind }
