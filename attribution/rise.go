package attribution

import (
	"context"
	"fmt"
)

// RISE hides random halves of the picture many times and measures how the
// explained score goes with what is visible (Petsiuk, Das & Saenko 2018). Masks
// are those of the paper: a Cells×Cells grid of random bits, enlarged smoothly,
// shifted at random by less than a cell.
type RISE struct {
	Cells       int     // cells per side of the random grid; 0 means 8
	Keep        float64 // chance that a cell is kept; 0 means 0.5
	Limit       int     // masks at most; 0 means 4000
	Correlation float64 // of two half-runs that ends the run; 0 means 0.95, above 1 never
	Structured  bool    // grids by a plan (see foldovers) instead of coin tosses; Keep is then 0.5
	Published   bool    // the paper's scaling of the class's probability, instead of the centred effect on its logit
}

// Name is "rise".
func (RISE) Name() string { return "rise" }

// Card describes the method.
func (RISE) Card() Card {
	return Card{
		Name: "rise", Title: "RISE", Family: "perturbation",
		Description: "Hides random halves of the picture hundreds of times and measures how the score goes with what is visible. " +
			"Sees places that only matter together; its edges are soft, and it stops when the maps of two halves of the run agree.",
		Cost: "257 to 4,001 runs of the model, until the two half-maps' rank correlation reaches 0.95",
		Failures: "Small, sharp evidence converges slowly, and the rest of the map is then noise around zero. Nothing finer than a grid cell (1/8 of the side) can be seen. " +
			"Half of the picture is always hidden, which no training picture was: compare fills.",
		Paper:       "Petsiuk, Das & Saenko, RISE: randomized input sampling for explanation of black-box models, BMVC 2018",
		Interactive: true, Streams: true,
		Options: []Option{
			{"cells", "8", "cells per side of the random grid"},
			{"masks", "random", "random (the paper's) or structured (by the plan of the structured design: as good a map from about a quarter of the runs; three places that only matter together can show up as a fourth)"},
			{"keep", "0.5", "chance that a cell stays visible"},
			{"limit", "4000", "masks at most"},
			{"correlation", "0.95", "rank correlation of the two half-maps that ends the run"},
			{"scaling", "centred", "centred (effect on the logit, zero means none) or published (the paper's)"},
			{"seed", "0", "the same seed gives the same map"},
			fillOption,
		},
	}
}

func (m RISE) withDefaults() RISE {
	if m.Cells <= 0 {
		m.Cells = 8
	}
	if m.Structured || m.Keep <= 0 || m.Keep >= 1 {
		m.Keep = 0.5
	}
	if m.Limit <= 0 {
		m.Limit = 4000
	}
	if m.Correlation <= 0 {
		m.Correlation = 0.95
	}
	return m
}

// masks names the options that the masks depend on: other limits or another
// scaling can use the same evidence.
func (m RISE) masks() string { return fmt.Sprintf("rise %d %v %v", m.Cells, m.Keep, m.Structured) }

// lookEvery is the number of masks between two looks at the halves.
const lookEvery = 128

// ExplainBatch makes the maps of every sample from a run of its own, which ends when
// all of them have converged.
func (m RISE) ExplainBatch(ctx context.Context, s Scorer, rs []Request, targets []Target, progress func(Snapshot)) ([][]*Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, m.perturbation)
}

// perturbation is the run for one sample.
func (m RISE) perturbation(s Scorer, r Request) perturbation {
	m = m.withDefaults()
	_, height, width, _ := s.Shape()
	p := perturbation{
		name: m.Name(), options: m.masks(), design: newShiftedGrids(m, width, height, r.Seed), explained: logit,
		estimator: func(cells int, base float64) estimator { return centred{newTally(cells, base)} },
		stop:      stopping{every: lookEvery, correlation: m.Correlation},
	}
	if m.Structured {
		p.stop.stretch = foldoverRuns(m.Cells * m.Cells) // parts of a foldover make no unbiased map
	}
	if m.Published {
		p.explained = probability
		p.estimator = func(cells int, base float64) estimator { return published{newTally(cells, base), m.Keep} }
	}
	return p
}
