package perturb

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// Occlusion hides a window of the image at a time and records how far the
// explained score falls (Zeiler & Fergus 2014). The input is cut into Grid×Grid
// cells; a window is Window×Window cells, and moves one cell at a time, from
// hanging over one edge to hanging over the other, so that every cell, at the
// edges too, is hidden by exactly Window² windows. A cell's value is the mean
// fall of the score over the windows that hide it.
type Occlusion struct {
	Grid   int // cells per side; 0 means 14; never more than the input has pixels
	Window int // cells per side of the window; 0 means 2
}

// Name is "occlusion".
func (Occlusion) Name() string { return "occlusion" }

// Card describes the method.
func (Occlusion) Card() attribution.Card {
	return attribution.Card{
		Name: "occlusion", Title: "Occlusion", Family: "perturbation",
		Description: "Hides one small window of the image after another. Records how far the score falls. Simple and exact about single places. Two " +
			"places that can stand in for each other stay unseen: one of them is always visible.",
		Cost: "226 runs of the model (15² windows and the image itself)",
		Failures: "What occurs twice (two eyes, two logos) shows in neither place: hiding one leaves the other. The patch is a shape of its own, and " +
			"a model may react to it: compare fills. Values depend on the size of the window.",
		Paper:       "Zeiler & Fergus, Visualizing and understanding convolutional networks, ECCV 2014",
		Interactive: true, Streams: true,
		Options: []attribution.Option{
			{Name: "grid", Default: "14", Description: "cells per side of the map"},
			{Name: "window", Default: "2", Description: "side of the hidden window, in cells"},
			fillOption,
		},
	}
}

// With sets grid or window.
func (o Occlusion) With(option, value string) (m attribution.Method, err error) {
	switch option {
	case "grid":
		o.Grid, err = setting.Count(value)
	case "window":
		o.Window, err = setting.Count(value)
	default:
		err = setting.Unknown(o.Card())
	}
	return o, err
}

// ExplainBatch makes the maps of every sample from a run of its own.
func (o Occlusion) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return explainEach(ctx, s, rs, targets, progress, o.perturbation)
}

// perturbation is the run for one sample.
func (o Occlusion) perturbation(s attribution.Scorer, r attribution.Request) perturbation {
	_, height, width, _ := s.Shape()
	return perturbation{
		name: o.Name(), options: fmt.Sprintf("%#v", o), design: newWindows(o, width, height), explained: logit,
		estimator: func(cells int, base float64) estimator { return drop{newTally(cells, base)} },
	}
}

// windows is the design of Occlusion.
type windows struct {
	columns, rows int // cells
	window        int
	x, y          []int // pixel where each cell starts, and the end
	order         []int // in which positions are visited
}

func newWindows(o Occlusion, width, height int) *windows {
	if o.Grid <= 0 {
		o.Grid = 14
	}
	if o.Window <= 0 {
		o.Window = 2
	}
	d := &windows{columns: min(o.Grid, width), rows: min(o.Grid, height)}
	d.window = min(o.Window, d.columns, d.rows)
	d.x, d.y = wholeSpans(width, d.columns), wholeSpans(height, d.rows)
	// Scattered, so that a half-finished map shows all of the image. The order
	// is the same for every run and has no bearing on the finished map.
	d.order = rand.New(rand.NewPCG(1, 2)).Perm((d.columns + d.window - 1) * (d.rows + d.window - 1))
	return d
}

// wholeSpans is spans rounded to whole pixels: a window hides whole pixels.
func wholeSpans(n, cells int) []int {
	edges := make([]int, cells+1)
	for i, e := range spans(n, cells) {
		edges[i] = int(math.Round(e))
	}
	return edges
}

func (d *windows) size() (int, int) { return d.columns, d.rows }
func (d *windows) count() int       { return len(d.order) }
func (d *windows) painter() painter { return &windowPainter{windows: d} }

// windowPainter draws one window: cells [left, right) × [top, bottom).
type windowPainter struct {
	*windows
	left, right, top, bottom int
}

func (p *windowPainter) load(i int) {
	across := p.columns + p.window - 1
	column, row := p.order[i]%across, p.order[i]/across
	p.left, p.right = max(column-p.window+1, 0), min(column+1, p.columns)
	p.top, p.bottom = max(row-p.window+1, 0), min(row+1, p.rows)
}

func (p *windowPainter) row(y int, keep []float32) {
	for i := range keep {
		keep[i] = 1
	}
	if y >= p.y[p.top] && y < p.y[p.bottom] {
		clear(keep[p.x[p.left]:p.x[p.right]])
	}
}

func (p *windowPainter) cells(keep []float32) {
	for i := range keep {
		keep[i] = 1
	}
	for row := p.top; row < p.bottom; row++ {
		clear(keep[row*p.columns+p.left : row*p.columns+p.right])
	}
}
