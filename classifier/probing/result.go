package probing

import (
	"context"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/stats"
)

// A Result is what a search found.
type Result struct {
	// Clear says that the values are established: no others could be better by more than
	// what hardly matters. Undecided names what is not, of which the usual was taken: "size
	// and crop" or "filter", or "" for nothing.
	Clear     bool
	Guessing  bool // even the best is not established to be better than guessing; not clear then
	Undecided string
	Rival     string // what could not be told from the choice, "" if nothing

	Chosen  Candidate
	Present Candidate // the settings the model has now, seen on as many samples
	Order   Order     // of the class names, that fits best
	Gain    stats.Estimate
	Samples int
	Runs    int // of the model

	Stages []Stage
}

// A Candidate is a way to prepare images, as it was tried.
type Candidate struct {
	Stage         string
	Name          string
	Preprocessing imaging.Preprocessing
	Samples       int     // on which it was seen
	LogLoss       float64 // mean, in nats, at the temperature that makes it least
	Accuracy      float64
	Difference    stats.Estimate // its log loss minus that of the stage's choice
	Chosen        bool           // by its stage
	Present       bool           // the model's settings now
}

// Candidates are those of all stages, each by loss.
func (r *Result) Candidates() (list []Candidate) {
	for _, s := range r.Stages {
		if len(list) > 0 && !s.decides() {
			continue // nothing was to decide
		}
		for i, e := range s.entrants {
			list = append(list, e.candidate(s.Name, s.chosen()))
			list[len(list)-1].Chosen = i == s.choice
		}
	}
	return list
}

func (e *entrant) candidate(stage string, best *entrant) Candidate {
	return Candidate{Stage: stage, Name: e.name(), Preprocessing: e.prepared, Samples: len(e.loss), LogLoss: mean(e.loss),
		Accuracy: e.accuracy(), Difference: e.minus(best), Present: e.present}
}

// conclude compares the choice with the present settings and says in words what came out.
func (s *search) conclude(ctx context.Context, r *Result) error {
	last := r.Stages[len(r.Stages)-1]
	best := last.chosen()
	present := s.entrant(option{values: "the settings now", prepared: s.Base})
	if err := s.see(ctx, present, len(s.Sizes)); err != nil {
		return err
	}
	r.Chosen, r.Present = best.candidate(last.Name, best), present.candidate("", best)
	r.Gain, r.Samples, r.Runs = present.minus(best), len(s.Sizes), s.done
	r.Order = s.Orders[best.order]
	r.Guessing = s.guessing(best)
	r.Clear = !r.Guessing
	for _, i := range last.rivals {
		rival := last.entrants[i]
		if rival.values != best.values || rival.order != best.order {
			r.Clear, r.Rival = false, rival.name()
			break
		}
		if r.Rival == "" {
			r.Rival = rival.name()
		}
		if rival.crop != best.crop {
			r.Undecided = "size and crop"
		} else if r.Undecided == "" {
			r.Undecided = "filter"
		}
	}
	return nil
}

// guessing says whether a model that guesses the commonest label might be right as often.
func (s *search) guessing(e *entrant) bool {
	counts, most, right := map[int]int{}, 0, 0
	for i, c := range s.Orders[e.order].Truth[:len(e.right)] {
		if counts[c]++; c >= 0 {
			most = max(most, counts[c])
		}
		if e.right[i] {
			right++
		}
	}
	low, _ := stats.Wilson(right, len(e.right), stats.Level)
	return low <= float64(most)/float64(len(e.right))
}

// decides says whether the stage had more to decide than earlier ones.
func (s *Stage) decides() bool {
	for _, e := range s.entrants {
		if e.crop != s.entrants[0].crop || e.filter != s.entrants[0].filter {
			return true
		}
	}
	return false
}
