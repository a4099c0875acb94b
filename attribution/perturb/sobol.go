package perturb

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// Sobol measures how much of the score's variance a cell has a part in, when
// every cell of a grid is faded by a random amount (Fel et al. 2021): its total
// Sobol' index, by itself and in interactions of whatever order with others.
// Values lie between zero and about one, have no sign and no unit; their sum is
// one for an additive model and above it where cells interact.
type Sobol struct {
	Grid    int // cells per side; 0 means 8
	Designs int // random images that are varied cell by cell; 0 means 32
}

// Name is "sobol".
func (Sobol) Name() string { return "sobol" }

// Card describes the method.
func (Sobol) Card() attribution.Card {
	return attribution.Card{
		Name: "sobol", Title: "Sobol indices", Family: "perturbation",
		Description: "Fades every cell of a grid by a random amount, then changes one cell at a time. Tells which share of the score's variance each " +
			"cell has a part in. Interactions of any order count.",
		Cost: "2,081 runs of the model (32 images, each varied in 64 cells, and the image itself)",
		Failures: "Has no sign: what speaks against the target is as hot as what speaks for it. Half-faded images are unlike any training image. " +
			"With 32 images small indices are noisy, and all of them may be too large together, by a quarter, at times by twice. The map tells its own standard error: set designs higher to compare numbers.",
		Paper:       "Fel, Cadène, Chalvidal, Cord, Vigouroux & Serre, Look at the variance! Efficient black-box explanations with Sobol-based sensitivity analysis, NeurIPS 2021",
		Interactive: true, Streams: true,
		Options: []attribution.Option{
			{Name: "grid", Default: "8", Description: "cells per side of the map, up to 20"},
			{Name: "designs", Default: "32", Description: "random images that are varied cell by cell; each costs cells + 1 runs"},
			{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
			fillOption,
		},
	}
}

// With sets grid or designs.
func (m Sobol) With(option, value string) (_ attribution.Method, err error) {
	switch option {
	case "grid":
		m.Grid, err = cellsPerSide(value, 20)
	case "designs":
		if m.Designs, err = setting.Count(value); err == nil && (m.Designs < 2 || m.Designs > 4096) {
			err = fmt.Errorf("must be a whole number from 2 to 4096")
		}
	default:
		err = setting.Unknown(m.Card())
	}
	return m, err
}

// ExplainBatch makes the maps of every sample from a run of its own.
func (m Sobol) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, m.perturbation)
}

// perturbation is the run for one sample.
func (m Sobol) perturbation(s attribution.Scorer, r attribution.Request) perturbation {
	if m.Grid <= 0 {
		m.Grid = 8
	}
	if m.Designs <= 0 {
		m.Designs = 32
	}
	_, height, width, _ := s.Shape()
	columns, rows := gridSize(m.Grid, width, height)
	return perturbation{
		name: m.Name(), options: fmt.Sprintf("%#v", m), explained: logit,
		design: newCellGrid(newOneAtATime(columns*rows, m.Designs, r.Seed), columns, rows, width, height),
		estimator: func(cells int, base float64) estimator {
			return &jansen{base: base, moved: make([]float64, cells), times: make([]int, cells)}
		},
	}
}

// oneAtATime is a design of images whose cells are kept to a degree from 0 to 1:
// a random one, then the same with one cell's degree drawn anew, for each cell.
// Degrees are a Latin hypercube sample (McKay, Beckman & Conover 1979): over all
// designs, each cell has one degree in every one of as many equal intervals. The
// paper takes a Sobol' sequence, which is another way to spread them.
type oneAtATime struct {
	cells, designs int
	degree         [][2]float32 // per design and cell: at first, and drawn anew
}

func newOneAtATime(cells, designs int, seed uint64) *oneAtATime {
	r := rand.New(rand.NewPCG(seed, 17))
	d := &oneAtATime{cells, designs, make([][2]float32, designs*cells)}
	for c := range cells {
		for which := range 2 {
			for k, interval := range r.Perm(designs) {
				d.degree[k*cells+c][which] = float32((float64(interval) + r.Float64()) / float64(designs))
			}
		}
	}
	return d
}

func (d *oneAtATime) count() int { return d.designs * (d.cells + 1) }

func (d *oneAtATime) load(i int, keep []float32) {
	degree := d.degree[i/(d.cells+1)*d.cells:]
	for c := range keep {
		keep[c] = degree[c][0]
	}
	if moved := i%(d.cells+1) - 1; moved >= 0 {
		keep[moved] = degree[moved][1]
	}
}

// jansen estimates total indices of a oneAtATime design (Jansen 1999):
// half the mean square of what drawing a cell's degree anew changes, over the
// variance of the score.
type jansen struct {
	base      float64 // the untouched image's score, from which scores are counted
	first     float64 // score of the design's first image
	n         float64
	sum, sum2 float64   // of first scores
	moved     []float64 // per cell, Σ (change)²
	times     []int
	firsts    []float64 // per design, the first score
	squares   []float64 // per design and cell, (change)²
}

func (e *jansen) add(i int, _ []float32, score float64) {
	score -= e.base
	c := i%(len(e.moved)+1) - 1
	if c < 0 {
		e.first = score
		e.n++
		e.sum += score
		e.sum2 += score * score
		e.firsts = append(e.firsts, score)
		return
	}
	change := score - e.first
	e.moved[c] += change * change
	e.times[c]++
	e.squares = append(e.squares, change*change)
}

// parts is the sum of what the cells have a part in, which is never less than the variance:
// total indices add up to one at least (Efron & Stein 1981). It is known from all images, the
// variance from one of each design only, so that it bounds what few designs overrate.
func (e *jansen) parts() float64 {
	sum := 0.0
	for c, moved := range e.moved {
		if e.times[c] > 0 {
			sum += moved / (2 * float64(e.times[c]))
		}
	}
	return sum
}

func (e *jansen) values(out []float32) {
	variance := math.Min((e.sum2-e.sum*e.sum/e.n)/(e.n-1), e.parts())
	for c := range out {
		out[c] = 0
		if e.n > 1 && e.times[c] > 0 && variance > 0 {
			out[c] = float32(e.moved[c] / (2 * float64(e.times[c])) / variance)
		}
	}
}

// errors are of the jackknife over the designs that are complete: how the ratio of a cell's mean
// square to the variance varies when each design in turn is left out (Efron & Stein 1981). The
// variance is not bounded by parts here, which would hide its own error.
func (e *jansen) errors() (cell, sum float64) {
	cells := len(e.moved)
	n := len(e.squares) / cells
	if n < 3 {
		return 0, 0
	}
	variances := leaveOneOut(e.firsts[:n])
	total, ratios := make([]float64, n), make([]float64, n)
	largest := 0.0
	for c := range cells {
		all := 0.0
		for d := range n {
			all += e.squares[d*cells+c]
		}
		for d := range n {
			ratios[d] = (all - e.squares[d*cells+c]) / variances[d]
			total[d] += ratios[d]
		}
		mean, err := jackknife(ratios)
		cell += err / float64(cells)
		largest = max(largest, mean)
	}
	mean, err := jackknife(total)
	return share(cell, largest), share(err, mean)
}

// leaveOneOut are the variances of all values but one, for each, but for a factor.
func leaveOneOut(values []float64) []float64 {
	n, mean := float64(len(values)), 0.0
	for _, v := range values {
		mean += v / n
	}
	around := 0.0
	for _, v := range values {
		around += (v - mean) * (v - mean)
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = around - (v-mean)*(v-mean)*n/(n-1)
	}
	return out
}

// jackknife is the mean of estimates that each leave out one part, and the standard error of the
// estimate from all.
func jackknife(without []float64) (mean, err float64) {
	n := float64(len(without))
	for _, v := range without {
		mean += v / n
	}
	for _, v := range without {
		err += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(err * (n - 1) / n)
}

// share is part ÷ whole, and 0 where that is no number.
func share(part, whole float64) float64 {
	if s := part / whole; whole > 0 && !math.IsInf(s, 0) && s == s {
		return s
	}
	return 0
}
