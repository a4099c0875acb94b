package perturb

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// KernelSHAP estimates the Shapley values of the cells of a grid (Lundberg & Lee
// 2017): what each cell adds to the score, averaged over all orders in which the
// cells could be uncovered one after another. Values add up exactly to the
// explained score of the image minus that of a wholly hidden one.
//
// They are found by a least-squares fit of an additive model to the scores of
// coalitions of cells, weighted by the Shapley kernel, with that sum built in.
// With every coalition the fit is the Shapley value exactly; with a sample (see
// newKernelCoalitions) an estimate. A regularisation, which the shap library adds
// by default, is left out: it would shrink true small effects to zero.
type KernelSHAP struct {
	Grid    int // cells per side; 0 means 7
	Samples int // coalitions; 0 means 2·cells + 2048; never more than there are
}

// Name is "kernelshap".
func (KernelSHAP) Name() string { return "kernelshap" }

// Card describes the method.
func (KernelSHAP) Card() attribution.Card {
	return attribution.Card{
		Name: "kernelshap", Title: "KernelSHAP", Family: "perturbation",
		Description: "Shares the score out among the cells of a grid by their Shapley values: what a cell adds on average, in whatever order cells are " +
			"uncovered. The values add up to the score of the image minus that of a wholly hidden one.",
		Cost: "2,148 runs of the model for the default 7×7 grid (2·cells + 2,048 coalitions, all hidden, and the image itself)",
		Failures: "Everything is compared with the wholly hidden image. Where that image already has a high or low score (grey looks like a class), " +
			"every value shifts. Nearly empty and nearly full images count most, and are least like training images. Sampled values of cells " +
			"that interact strongly are noisy.",
		Paper:       "Lundberg & Lee, A unified approach to interpreting model predictions, NeurIPS 2017",
		Interactive: true, Streams: true,
		Options: []attribution.Option{
			{Name: "grid", Default: "7", Description: "cells per side of the map, up to 20"},
			{Name: "samples", Default: "auto", Description: "coalitions of cells to run: auto (2·cells + 2048) or a number"},
			{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
			fillOption,
		},
	}
}

// With sets grid or samples.
func (m KernelSHAP) With(option, value string) (_ attribution.Method, err error) {
	switch {
	case option == "grid":
		m.Grid, err = cellsPerSide(value, 20)
	case option == "samples" && value == "auto":
		m.Samples = 0
	case option == "samples":
		m.Samples, err = setting.Count(value)
	default:
		err = setting.Unknown(m.Card())
	}
	return m, err
}

// ExplainBatch makes the maps of every sample from a run of its own.
func (m KernelSHAP) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, m.perturbation)
}

// perturbation is the run for one sample.
func (m KernelSHAP) perturbation(s attribution.Scorer, r attribution.Request) perturbation {
	if m.Grid <= 0 {
		m.Grid = 7
	}
	_, height, width, _ := s.Shape()
	columns, rows := gridSize(m.Grid, width, height)
	if m.Samples <= 0 {
		m.Samples = 2*columns*rows + 2048
	}
	list := newKernelCoalitions(columns*rows, m.Samples, r.Seed)
	return perturbation{
		name: m.Name(), options: fmt.Sprintf("%#v", m),
		design: newCellGrid(list, columns, rows, width, height), explained: logit,
		estimator: func(cells int, base float64) estimator { return newShapleyFit(cells, base, list.weights) },
	}
}
