package perturb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// RISE hides random halves of the image many times and measures how the
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
func (m RISE) Card() attribution.Card {
	return attribution.Card{
		Name: "rise", Title: "RISE", Family: "perturbation",
		Description: "Hides random halves of the image hundreds of times. Measures how the score depends on what is visible. Sees places that only " +
			"matter together. Edges are soft. It stops once the maps of two halves of the run agree.",
		Cost: "257 to 4,001 runs of the model, until the two half-maps' rank correlation reaches 0.95",
		Failures: "Small, sharp details converge slowly; the rest of the map is then noise around zero. Nothing finer than a grid cell (1/8 of the " +
			"side) can be seen. Half of the image is always hidden, unlike any training image: compare fills.",
		Paper:       "Petsiuk, Das & Saenko, RISE: randomized input sampling for explanation of black-box models, BMVC 2018",
		Interactive: true, Streams: true, StopsEarly: true, Probability: m.Published,
		Options: []attribution.Option{
			{Name: "cells", Default: "8", Description: "cells per side of the random grid"},
			{Name: "masks", Default: "random", Description: "random (the paper's) or structured (by the plan of the structured design: as good a map from about a quarter of the runs; three places that only matter together can show up as a fourth)"},
			{Name: "keep", Default: "0.5", Description: "chance that a cell stays visible"},
			{Name: "limit", Default: "4000", Description: "masks at most"},
			{Name: "correlation", Default: "0.95", Description: "rank correlation of the two half-maps that ends the run"},
			{Name: "scaling", Default: "centred", Description: "centred (effect on the logit, zero means none) or published (the paper's)"},
			{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
			fillOption,
		},
	}
}

// With sets cells, masks, keep, limit, correlation or scaling.
func (m RISE) With(option, value string) (_ attribution.Method, err error) {
	switch option {
	case "cells":
		m.Cells, err = setting.Count(value)
	case "keep":
		if m.Keep, err = strconv.ParseFloat(value, 64); err == nil && !(m.Keep > 0 && m.Keep < 1) {
			err = fmt.Errorf("must lie between 0 and 1")
		}
	case "limit":
		m.Limit, err = setting.Count(value)
	case "correlation":
		if m.Correlation, err = strconv.ParseFloat(value, 64); err == nil && !(m.Correlation > 0) {
			err = fmt.Errorf("must be above 0")
		}
	case "masks":
		if value != "random" && value != "structured" {
			err = fmt.Errorf("must be random or structured")
		}
		m.Structured = value == "structured"
	case "scaling":
		if value != "centred" && value != "published" {
			err = fmt.Errorf("must be centred or published")
		}
		m.Published = value == "published"
	default:
		err = setting.Unknown(m.Card())
	}
	return m, err
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
// scaling can use the same cached scores.
func (m RISE) masks() string { return fmt.Sprintf("rise %d %v %v", m.Cells, m.Keep, m.Structured) }

// lookEvery is the number of masks between two looks at the halves.
const lookEvery = 128

// ExplainBatch makes the maps of every sample from a run of its own, which ends when
// all of them have converged.
func (m RISE) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, m.perturbation)
}

// perturbation is the run for one sample.
func (m RISE) perturbation(s attribution.Scorer, r attribution.Request) perturbation {
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
