package probing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/imaging"
)

// A Problem is a model, and samples of it whose labels are known, in an order in which any
// first part of them is a fair choice. At least two samples.
type Problem struct {
	Base          imaging.Preprocessing // the model's settings now
	Guessed       bool                  // nothing stated them
	Channels      int
	Width, Height int      // of the input, in pixels
	Bytes         bool     // the model takes whole numbers from 0 to 255
	Sizes         [][2]int // width and height of each sample's image
	Classes       int      // scores that the model gives
	Orders        []Order  // of the class names, the likeliest first; at least one
	Hints         Hints

	Progress func(done, total int) // runs of the model, about; may be nil
}

// An Order says which score is which label's.
type Order struct {
	Name  string
	Truth []int    // for each sample the index of its score, −1 where its label has none
	Names []string // the names of all scores in this order; nil: as the model has them now
}

// An Oracle gives the logits of samples prepared in a way: len(samples) × Classes values.
type Oracle func(ctx context.Context, p imaging.Preprocessing, samples []int) ([]float32, error)

// ErrTooFew is the error of a search that cannot tell anything.
var ErrTooFew = errors.New("too few labelled samples")

// leastSamples and leastLabels are what a search needs.
const leastSamples, leastLabels = 10, 2

// rounds are how many samples the rounds of a race have. Those in it that are clearly worse
// than the best leave after each, and at most so many stay.
var rounds = []struct{ samples, stay int }{{32, 10}, {96, 6}}

// option is a way to prepare images, before it is tried.
type option struct {
	values, crop, filter string // in words; "" where that was not yet tried
	kind                 string // options of one kind may not be told apart by a test
	order                int    // of the class names
	classes              string // that order in words, "" for the model's own
	prepared             imaging.Preprocessing
}

func (o option) name() string {
	name := o.values
	for _, part := range []string{o.crop, o.filter, o.classes} {
		if part != "" {
			name += "; " + part
		}
	}
	return name
}

// search is one search under way.
type search struct {
	*Problem
	oracle Oracle
	runs   map[string]*seen
	done   int
}

// Search tries the candidates and decides. The error is that of the oracle or of ctx, or
// ErrTooFew.
func Search(ctx context.Context, p *Problem, oracle Oracle) (*Result, error) {
	if err := p.enough(); err != nil {
		return nil, err
	}
	s := &search{Problem: p, oracle: oracle, runs: map[string]*seen{}}
	first := p.Base
	if p.asIs() {
		first = p.stretched(first)
	}
	found := &Result{}
	options := tryOrders(p, tryValues(p, first))
	for _, step := range []struct {
		name string
		next func(*Problem, option) []option
	}{{"values", tryCrops}, {"size and crop", tryFilters}, {"filter", nil}} {
		stage, err := s.stage(ctx, step.name, options)
		if err != nil {
			return nil, err
		}
		found.Stages = append(found.Stages, stage)
		if step.next == nil {
			break
		}
		options = nil
		for _, e := range stage.contenders() {
			options = append(options, step.next(p, e.option)...)
		}
	}
	return found, s.conclude(ctx, found)
}

func (p *Problem) enough() error {
	n, labels := 0, 0
	for _, order := range p.Orders {
		labelled, seen := 0, map[int]bool{}
		for _, c := range order.Truth {
			if c >= 0 {
				labelled++
				seen[c] = true
			}
		}
		n, labels = max(n, labelled), max(labels, len(seen))
	}
	if n < leastSamples {
		return fmt.Errorf("%w: %d with a label that is a class of the model, and at least %d are needed", ErrTooFew, n, leastSamples)
	}
	if labels < leastLabels {
		return fmt.Errorf("%w: all are of one class, which any setting that favours it would fit; add samples of another", ErrTooFew)
	}
	return nil
}

// stage races the options and decides among those who finish.
func (s *search) stage(ctx context.Context, name string, options []option) (Stage, error) {
	entrants, err := s.race(ctx, options)
	if err != nil {
		return Stage{}, err
	}
	return decide(name, entrants), nil
}

// race sees the options on more and more samples; those clearly worse than the best drop out.
func (s *search) race(ctx context.Context, options []option) ([]*entrant, error) {
	all := make([]*entrant, len(options))
	for i, o := range options {
		all[i] = s.entrant(o)
	}
	in, total := all, len(s.Sizes)
	for _, r := range rounds {
		if err := s.seeAll(ctx, in, min(r.samples, total)); err != nil {
			return nil, err
		}
		if in = survivors(in); len(in) > r.stay {
			in = in[:r.stay]
		}
	}
	return all, s.seeAll(ctx, in, total)
}

// entrant is the option's, which keeps what an earlier stage has seen of the same settings.
func (s *search) entrant(o option) *entrant {
	key, err := json.Marshal(o.prepared)
	if err != nil {
		panic(err) // numbers and words
	}
	known := s.runs[string(key)]
	if known == nil {
		known = &seen{}
		s.runs[string(key)] = known
	}
	return &entrant{option: o, seen: known, present: string(key) == s.presentKey() && o.order == 0}
}

func (s *search) presentKey() string {
	key, _ := json.Marshal(s.Base)
	return string(key)
}

func (s *search) seeAll(ctx context.Context, in []*entrant, n int) error {
	for _, e := range in {
		if err := s.see(ctx, e, n); err != nil {
			return err
		}
	}
	return nil
}

// see has the oracle run the samples that the entrant has not been seen on, up to n.
func (s *search) see(ctx context.Context, e *entrant, n int) error {
	if have := e.n(s.Classes); have < n {
		more := make([]int, 0, n-have)
		for i := have; i < n; i++ {
			more = append(more, i)
		}
		logits, err := s.oracle(ctx, e.prepared, more)
		if err != nil {
			return err
		}
		e.seen.logits = append(e.seen.logits, logits...)
		s.done += len(more)
		if s.Progress != nil {
			s.Progress(s.done, max(s.done, s.expected()))
		}
	}
	e.measure(s.Problem)
	return nil
}

// FirstRuns and RunsPerSample are about how many runs of the model a search takes:
// FirstRuns + RunsPerSample · samples.
const FirstRuns, RunsPerSample = 500, 8

func (s *search) expected() int {
	n := len(s.Sizes)
	if s.asIs() {
		return FirstRuns + 3*n
	}
	return FirstRuns + RunsPerSample*n
}
