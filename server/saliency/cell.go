package saliency

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/tasks/whatif"
)

// cellQuery names an area of a sample, and so the cell that it is tried on.
type cellQuery struct {
	route.SamplePath
	Box    []float64 `query:"box" doc:"Two opposite corners, x,y,x,y, in displayed pixels; on other images the same place by shares of their sides"`
	Region string    `query:"region" doc:"Or a region of the sample by its name; on other images that of this name"`
	Slice  string    `query:"slice" doc:"Leaves out images of the cell. Criteria of label and prediction are replaced by those of the sample"`
}

func (b *Resources) cellRoutes(a huma.API) {
	const address = " /api/evaluations/{id}/samples/{sample}/cell"
	route.JSON(a, "GET"+address, "get-cell-test", "What changing an area of a sample does to all images that have its label and prediction", func(ctx context.Context, in *cellQuery) (api.CellTest, error) {
		of, err := b.cellOf(ctx, in)
		if err != nil {
			return api.CellTest{}, err
		}
		return b.cellTest(ctx, of)
	})
	route.Accepted(a, "POST"+address, "test-cell", "Change the area in all of them, against controls, or continue to", func(ctx context.Context, in *cellQuery) (api.CellTest, error) {
		of, err := b.cellOf(ctx, in)
		if err != nil {
			return api.CellTest{}, err
		}
		job, more, err := b.whatif().StartCell(ctx, of.ev.ID, of.Cell)
		if errors.Is(err, whatif.ErrNotEvaluated) {
			err = route.Conflict(err)
		}
		if err != nil {
			return api.CellTest{}, err
		}
		out, err := b.cellTest(ctx, of)
		if more && out.State != api.CellDone {
			out.State, out.Job = api.CellRunning, job.ID
		}
		return out, err
	})
}

func (b *Resources) whatif() whatif.Service { return whatif.Service{Server: b.maps.Server} }

// askedCell is an area and the images that it is tried on.
type askedCell struct {
	whatif.Cell
	ev    *results.Evaluation
	label int
}

func (b *Resources) cellOf(ctx context.Context, in *cellQuery) (of askedCell, err error) {
	if of.ev, err = b.store.Results.Evaluation(ctx, in.Evaluation); err != nil {
		return of, err
	}
	p, err := b.store.Results.Prediction(ctx, of.ev.ID, in.Sample)
	if err != nil {
		return of, err
	}
	if p.Predicted < 0 {
		return of, route.BadRequest(fmt.Errorf("sample %d has no prediction that could turn", in.Sample))
	}
	of.label, of.Predicted, of.Region = p.Truth, p.Predicted, in.Region
	s, err := b.store.Catalog.Sample(ctx, in.Sample)
	if err != nil {
		return of, err
	}
	if of.Box, err = b.cellBox(ctx, in, s); err != nil {
		return of, err
	}
	within, err := slice.Parse(in.Slice)
	if err != nil {
		return of, route.BadRequest(err)
	}
	within, err = within.Without("label", "predicted", "correct", "threshold").And(
		slice.Equal("label", slice.Class(of.label)).Over(slice.Equal("predicted", slice.Class(of.Predicted))))
	of.Slice = within.String()
	if err != nil {
		err = route.BadRequest(err)
	}
	return of, err
}

// cellBox is the box of a query in shares of the image, nil where a region is named.
func (b *Resources) cellBox(ctx context.Context, in *cellQuery, s *catalog.Sample) (*findings.Cut, error) {
	if in.Region != "" {
		own, err := b.store.Catalog.Regions(ctx, in.Sample)
		if err == nil && (len(in.Box) > 0 || !slices.ContainsFunc(own, func(r dataset.Region) bool { return r.Name == in.Region })) {
			err = route.BadRequest(fmt.Errorf("sample %d has no region %q, or a box is given too: name one of them", in.Sample, in.Region))
		}
		return nil, err
	}
	if len(in.Box) != 4 {
		return nil, route.BadRequest(errors.New("no area is given: send box=x,y,x,y or the name of a region"))
	}
	w, h := s.Displayed()
	side := func(a, b float64, most int) (low, high float64) {
		share := func(v float64) float64 { return math.Round(1e4*min(1, max(0, v/float64(most)))) / 1e4 }
		return share(min(a, b)), share(max(a, b))
	}
	c := &findings.Cut{}
	c.Left, c.Right = side(in.Box[0], in.Box[2], w)
	c.Top, c.Bottom = side(in.Box[1], in.Box[3], h)
	if !(c.Right > c.Left && c.Bottom > c.Top) {
		return nil, route.BadRequest(errors.New("the box covers nothing of the image"))
	}
	return c, nil
}

func (b *Resources) cellTest(ctx context.Context, of askedCell) (api.CellTest, error) {
	names := of.ev.Classes
	out := api.CellTest{Label: of.label, LabelName: wire.NameAt(names, of.label), Predicted: of.Predicted, PredictedName: wire.NameAt(names, of.Predicted),
		Slice: of.Slice, State: api.CellUntested}
	images, err := slice.Parse(of.Slice)
	if err != nil {
		return out, err
	}
	if _, out.Images, err = b.store.Results.Drawn(ctx, of.ev.ID, images, 0, 1); err != nil {
		return out, err
	}
	answers := "answers “" + out.PredictedName + "”"
	if of.label != of.Predicted && of.label >= 0 {
		answers += " to images of " + out.LabelName
	}
	state, err := b.whatif().Cell(ctx, of.ev, of.Cell, answers)
	if err != nil {
		return out, err
	}
	if out.Job = state.Job; state.Job != "" {
		out.State = api.CellRunning
	}
	if state.Found != nil {
		out.State, out.Word, out.Fragile, out.Text = api.CellDone, state.Found.Word, state.Found.Fragile, state.Found.Text
		out.Fills = wire.List(state.Found.Figures, toCellFigure)
		out.Samples = turnedFirst(state.Found)
	}
	return out, nil
}

// mostTurned is how many of the images that turned are listed.
const mostTurned = 8

func turnedFirst(d *findings.Drawn) []int64 {
	if len(d.Figures) == 0 {
		return []int64{}
	}
	list := d.Figures[0].Samples
	return append([]int64{}, list[:min(len(list), mostTurned)]...)
}

func toCellFigure(g findings.DrawnFigure) api.CellFigure {
	out := api.CellFigure{Fill: g.Fill, Turned: api.Estimate{Mean: g.Raw, Low: g.Least, High: g.Most, Known: true, N: g.All}}
	if math.IsNaN(g.Control) {
		return out
	}
	control := wire.Estimate(g.Moved)
	out.Turned, out.Control = wire.Estimate(g.Hidden), &control
	out.Effect = &api.Estimate{Mean: g.More, Low: g.Low, High: g.High, Known: true, N: g.N}
	if !math.IsNaN(g.P) {
		out.Corrected = &g.P
	}
	return out
}
