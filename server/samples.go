package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
)

// shownScores is how many class scores a sample's page gets; the true class
// comes on top of them.
const shownScores = 20

// samplesQuery asks for a page of samples.
type samplesQuery struct {
	route.EvaluationPath
	route.SliceQuery
	route.SortQuery
	Offset int `query:"offset" minimum:"0" doc:"Samples to skip"`
	Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Samples to return at most"`
}

// sampleQuery asks for one sample and its place in a slice.
type sampleQuery struct {
	route.SamplePath
	route.SliceQuery
	route.SortQuery
}

func (b *backend) sampleRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/samples", "list-samples", "List a page of the samples of a slice", b.listSamples)
	route.JSON(a, "GET /api/evaluations/{id}/samples/{sample}", "get-sample", "Describe a sample, its scores and its neighbours in a slice", b.sample)
}

func (b *backend) listSamples(ctx context.Context, in *samplesQuery) (api.SampleList, error) {
	of, err := in.Selected()
	if err != nil {
		return api.SampleList{}, err
	}
	total, page, err := b.store.Results.Samples(ctx, in.Evaluation, of, results.Sort(in.Sort), in.Offset, in.Limit)
	if err != nil {
		return api.SampleList{}, err
	}
	return api.SampleList{Total: total, Samples: wire.List(page, func(it results.Item) api.Sample { return wire.Sample(it, of.Threshold()) })}, nil
}

func (b *backend) sample(ctx context.Context, in *sampleQuery) (api.SampleDetail, error) {
	var d api.SampleDetail
	of, err := in.Selected()
	if err != nil {
		return d, err
	}
	s, err := b.store.Catalog.Sample(ctx, in.Sample)
	if err != nil {
		return d, err
	}
	d = api.SampleDetail{
		ID: s.ID, Path: s.Path, Dataset: s.Dataset, LabelName: s.Label, Split: s.Split, Bytes: s.Bytes, Format: s.Format, Orientation: int(s.Orientation),
	}
	d.Width, d.Height = s.Displayed()
	if err := b.addPrediction(ctx, in.SamplePath, of.Threshold(), &d); err != nil {
		return d, err
	}
	if err := b.addPlace(ctx, in, of, &d); err != nil {
		return d, err
	}
	return d, b.addRelations(ctx, &d)
}

func (b *backend) addPrediction(ctx context.Context, in route.SamplePath, threshold float64, d *api.SampleDetail) error {
	p, err := b.store.Results.Prediction(ctx, in.Evaluation, in.Sample)
	if err != nil {
		return err
	}
	d.Label, d.Truth, d.Predicted, d.Confidence = p.Truth, p.Truth, p.Predicted, float64(p.Confidence)
	if d.Confidence < threshold {
		d.Predicted = results.NoDecision
	}
	d.Scores = wire.List(p.Top(shownScores), func(c results.ClassScore) api.ClassScore {
		return api.ClassScore{Index: c.Index, Name: c.Name, Score: float64(c.Score), Logit: float64(c.Logit)}
	})
	return nil
}

func (b *backend) addPlace(ctx context.Context, in *sampleQuery, of slice.Slice, d *api.SampleDetail) error {
	place, ok, err := b.store.Results.Place(ctx, in.Evaluation, of, results.Sort(in.Sort), in.Sample)
	if err != nil {
		return err
	}
	d.Previous, d.Next, d.Position, d.Total = place.Previous, place.Next, place.Position, place.Total
	if !ok {
		d.Position = -1
	}
	return nil
}

// addRelations adds regions, duplicates and marks.
func (b *backend) addRelations(ctx context.Context, d *api.SampleDetail) error {
	regions, err := b.store.Catalog.Regions(ctx, d.ID)
	if err != nil {
		return err
	}
	duplicates, err := b.store.Catalog.DuplicatesOf(ctx, d.ID)
	if err != nil {
		return err
	}
	d.Regions = wire.List(regions, func(r dataset.Region) api.Region {
		return api.Region{Name: r.Name, Kind: r.Kind, Points: r.Points}
	})
	noted, err := b.store.Marks.Of(ctx, d.ID)
	if err != nil {
		return err
	}
	d.Marks = wire.List(noted, func(m marks.Mark) api.SampleMark {
		return api.SampleMark{Kind: string(m.Kind), Value: m.Value, Author: m.Author, Created: m.Created, Changed: m.Changed}
	})
	d.Duplicates = wire.List(duplicates, func(o catalog.Duplicate) api.DuplicateOf { return api.DuplicateOf(o) })
	return nil
}

// needSample finds a sample of a dataset, for routes that name both.
func (b *backend) needSample(ctx context.Context, name string, id int64) (*catalog.Sample, error) {
	s, err := b.store.Catalog.Sample(ctx, id)
	if err != nil {
		return nil, err
	}
	if s.Dataset != name {
		return nil, route.NotFound(fmt.Errorf("dataset %s has no sample %d", name, id))
	}
	if s.Gone {
		return nil, route.NotFound(errors.New(s.File + " is gone: restore it, or import the dataset again"))
	}
	return s, nil
}
