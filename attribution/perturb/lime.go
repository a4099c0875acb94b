package perturb

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// LIME fits an additive model to the scores of random coalitions of cells, near
// the whole image (Ribeiro, Singh & Guestrin 2016). Settings are those of the
// authors' lime_image: each cell is kept with chance one half, a coalition weighs
// √exp(−d²/Width²) where d is its cosine distance to the whole, and the fit is a
// ridge regression with an intercept. The cells are a grid's instead of superpixels, so that
// maps do not depend on a segmentation. A value is the cell's coefficient.
type LIME struct {
	Grid    int     // cells per side; 0 means 7
	Samples int     // coalitions; 0 means 1000
	Width   float64 // of the distance kernel; 0 means 0.25
	Alpha   float64 // penalty on squared coefficients; 0 means 1
}

// Name is "lime".
func (LIME) Name() string { return "lime" }

// Card describes the method.
func (LIME) Card() attribution.Card {
	return attribution.Card{
		Name: "lime", Title: "LIME", Family: "perturbation",
		Description: "Hides random halves of the cells of a grid. Fits an additive model to the scores; images that show more count more. A cell's " +
			"value is its coefficient in that model.",
		Cost: "1,001 runs of the model",
		Failures: "The penalty shrinks small effects, most of all with few runs. Random halves are noisy: the structured design gives the same kind " +
			"of value from fewer runs. Where cells interact, no additive model fits. What the coefficients say then depends on the width of " +
			"the kernel.",
		Paper:       "Ribeiro, Singh & Guestrin, \"Why should I trust you?\": explaining the predictions of any classifier, KDD 2016",
		Interactive: true, Streams: true,
		Options: []attribution.Option{
			{Name: "grid", Default: "7", Description: "cells per side of the map, up to 20"},
			{Name: "samples", Default: "1000", Description: "coalitions of cells to run"},
			{Name: "width", Default: "0.25", Description: "of the kernel: how near to the whole image a coalition must be to count"},
			{Name: "alpha", Default: "1", Description: "penalty on squared coefficients"},
			{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
			fillOption,
		},
	}
}

// With sets grid, samples, width or alpha.
func (m LIME) With(option, value string) (_ attribution.Method, err error) {
	switch option {
	case "grid":
		m.Grid, err = cellsPerSide(value, 20)
	case "samples":
		m.Samples, err = setting.Count(value)
	case "width":
		m.Width, err = setting.Positive(value)
	case "alpha":
		m.Alpha, err = setting.Positive(value)
	default:
		err = setting.Unknown(m.Card())
	}
	return m, err
}

func (m LIME) withDefaults() LIME {
	if m.Grid <= 0 {
		m.Grid = 7
	}
	if m.Samples <= 0 {
		m.Samples = 1000
	}
	if m.Width <= 0 {
		m.Width = 0.25
	}
	if m.Alpha <= 0 {
		m.Alpha = 1
	}
	return m
}

// ExplainBatch makes the maps of every sample from a run of its own.
func (m LIME) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, m.perturbation)
}

// perturbation is the run for one sample.
func (m LIME) perturbation(s attribution.Scorer, r attribution.Request) perturbation {
	m = m.withDefaults()
	_, height, width, _ := s.Shape()
	columns, rows := gridSize(m.Grid, width, height)
	return perturbation{
		name: m.Name(), options: fmt.Sprintf("lime %d", m.Grid), // other fits use the same cached scores
		design: newCellGrid(coins{m.Samples, r.Seed}, columns, rows, width, height), explained: logit,
		estimator: func(cells int, base float64) estimator { return newLimeFit(m, cells, base) },
	}
}

// limeFit is the weighted ridge regression score = intercept + Σ value·keep. The
// intercept, which is not penalised, is taken out by counting from means.
type limeFit struct {
	leastSquares
	width, alpha float64
	base         float64 // the untouched image's score, from which scores are counted
	weight       float64 // Σ w
	keep         []float64
	score        float64 // Σ w·score
	x            []float64
}

// newLimeFit begins with the untouched image, whose distance is zero.
func newLimeFit(m LIME, cells int, base float64) *limeFit {
	f := &limeFit{leastSquares: newLeastSquares(cells), width: m.Width, alpha: m.Alpha, base: base, keep: make([]float64, cells), x: make([]float64, cells)}
	whole := make([]float32, cells)
	for c := range whole {
		whole[c] = 1
	}
	f.add(0, whole, base)
	return f
}

func (f *limeFit) add(_ int, keep []float32, score float64) {
	kept := 0.0
	for c, k := range keep {
		f.x[c] = float64(k)
		kept += float64(k)
	}
	distance := 1 - math.Sqrt(kept/float64(len(keep))) // cosine, to the image of all cells
	w := math.Exp(-distance * distance / (f.width * f.width) / 2)
	f.leastSquares.add(w, f.x, score-f.base)
	f.weight += w
	f.score += w * (score - f.base)
	for c, x := range f.x {
		f.keep[c] += w * x
	}
}

func (f *limeFit) values(out []float32) {
	n := len(f.keep)
	normal, right := slices.Clone(f.normal), slices.Clone(f.right)
	for r := range n {
		right[r] -= f.keep[r] * f.score / f.weight
		for c := range r + 1 {
			normal[r*n+c] -= f.keep[r] * f.keep[c] / f.weight
		}
		normal[r*n+r] += f.alpha
	}
	for c, v := range solve(normal, right) {
		out[c] = float32(v)
	}
}
