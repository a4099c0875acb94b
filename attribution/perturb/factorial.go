package perturb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// Factorial hides cells of a grid after a plan, a two-level factorial screening
// design (Plackett & Burman 1946), and takes each cell's main effect: the mean
// score of the runs that keep it minus that of the runs that hide it. As all
// other cells are kept or hidden half of the time, that is the cell's Banzhaf
// value, which the design estimates from 2n runs for n cells rather than 2ⁿ.
//
// Exact where cells act one by one or in pairs; main effects are aliased with
// third-order interactions (see foldovers).
type Factorial struct {
	Grid   int  // cells per side; 0 means 7
	Runs   int  // of the model, rounded up to whole foldovers; 0 means 512
	Random bool // plain random coalitions instead of the plan: for comparison
	Hard   bool // cells with hard edges (see softGrid)
}

// Name is "factorial".
func (Factorial) Name() string { return "factorial" }

// Card describes the method.
func (Factorial) Card() attribution.Card {
	return attribution.Card{
		Name: "factorial", Title: "Structured design", Family: "perturbation",
		Description: "Hides half of the cells of a grid at a time. A plan shows every cell, and every pair of cells, equally often. The map compares " +
			"the runs that show a cell with those that hide it. Exact where cells act one by one or in pairs.",
		Cost: "513 runs of the model for the default 7×7 grid (4 foldovers of 128 and the image itself); 129 at least",
		Failures: "Three cells that only matter together can show up as an effect of a fourth. More foldovers average that out. Nothing finer than a " +
			"cell can be seen. Half of the image is always hidden, unlike any training image.",
		Paper:       "Plackett & Burman, The design of optimum multifactorial experiments, Biometrika 1946; foldover: Box & Wilson, On the experimental attainment of optimum conditions, JRSS B 1951",
		Interactive: true, Streams: true,
		Options: []attribution.Option{
			{Name: "grid", Default: "7", Description: "cells per side of the map"},
			{Name: "runs", Default: "512", Description: "runs of the model, rounded up to whole foldovers (128 runs for up to 64 cells, 512 for up to 256)"},
			{Name: "edges", Default: "soft", Description: "soft (a cell fades into its neighbours) or hard (cells are rectangles)"},
			{Name: "design", Default: "hadamard", Description: "hadamard (the plan) or random (plain random halves, for comparison)"},
			{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
			fillOption,
		},
	}
}

func (m Factorial) withDefaults() Factorial {
	if m.Grid <= 0 {
		m.Grid = 7
	}
	if m.Runs <= 0 {
		m.Runs = 512
	}
	return m
}

// With sets grid, runs, edges or design.
func (m Factorial) With(option, value string) (_ attribution.Method, err error) {
	switch option {
	case "grid":
		m.Grid, err = cellsPerSide(value, 64)
	case "runs":
		m.Runs, err = setting.Count(value)
	case "edges":
		if value != "soft" && value != "hard" {
			err = fmt.Errorf("must be soft or hard")
		}
		m.Hard = value == "hard"
	case "design":
		if value != "hadamard" && value != "random" {
			err = fmt.Errorf("must be hadamard or random")
		}
		m.Random = value == "random"
	default:
		err = setting.Unknown(m.Card())
	}
	return m, err
}

// cellsPerSide reads the side of a grid: a whole number from 2 to most.
func cellsPerSide(value string, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 2 || n > most {
		return 0, fmt.Errorf("must be a whole number from 2 to %d", most)
	}
	return n, nil
}

// ExplainBatch makes the maps of every sample from a run of its own.
func (m Factorial) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, m.perturbation)
}

// perturbation is the run for one sample.
func (m Factorial) perturbation(s attribution.Scorer, r attribution.Request) perturbation {
	m = m.withDefaults()
	_, height, width, _ := s.Shape()
	columns, rows := gridSize(m.Grid, width, height)
	plan, stop := m.plan(columns*rows, r.Seed)
	p := perturbation{
		name: m.Name(), options: fmt.Sprintf("factorial %d %v %v", m.Grid, m.Random, m.Hard), // more runs of the same plan use the same cached scores
		design: newSoftGrid(plan, columns, rows, width, height), explained: logit, stop: stop,
		estimator: func(cells int, base float64) estimator { return centred{newTally(cells, base)} },
	}
	if m.Hard {
		p.design = newCellGrid(plan, columns, rows, width, height)
	}
	return p
}

// plan is the list of coalitions, and how its halves are told apart: halves of a
// plan are every other foldover, since parts of one are no unbiased map.
func (m Factorial) plan(cells int, seed uint64) (coalitions, stopping) {
	if m.Random {
		return coins{m.Runs, seed}, stopping{every: lookEvery}
	}
	fold := foldoverRuns(cells)
	count := (m.Runs + fold - 1) / fold
	if count == 1 {
		return newFoldovers(cells, 1, seed), stopping{}
	}
	return newFoldovers(cells, count, seed), stopping{every: fold, stretch: fold}
}
