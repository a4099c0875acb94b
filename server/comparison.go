package server

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/compare"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/saliency"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/tasks/measure"
)

// comparisonQuery asks for an evaluation beside an earlier one; methods and targets say
// which maps to compare.
type comparisonQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Before string   `query:"before" required:"true" doc:"The earlier evaluation"`
	Method []string `query:"method,explode" doc:"Compare stored maps of this method, auto unless told; may be repeated. See /api/methods"`
	Target []string `query:"target,explode" doc:"What they explain: predicted, the default, true, contrast or class:INDEX; may be repeated"`
	Seed   uint64   `query:"seed" doc:"Of methods that sample"`
	Option []string `query:"option,explode" doc:"NAME=VALUE for all methods that have it, or METHOD.NAME=VALUE; may be repeated"`
}

func (b *backend) comparisonRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/comparison", "get-comparison", "An evaluation beside an earlier one, over the images that both have", b.comparison)
	route.Raw(a, "GET /api/evaluations/{id}/comparison/matrix", "get-compared-matrices", "Confusion matrices of both over the images that both have", "application/octet-stream",
		"The earlier matrix and then the later one, each as get-matrix gives it. Classes are those of the evaluation; an earlier prediction of another class counts in the last column.", b.comparedMatrices)
	route.JSON(a, "GET /api/evaluations/{id}/comparison/cells", "get-compared-cells", "The cells of the confusion matrix before and now, and how images moved between them", b.comparedCells)
	route.JSON(a, "GET /api/evaluations/{id}/samples/{sample}/counterpart", "get-counterpart", "What an earlier evaluation has of the image of a sample", b.counterpart)
}

func (b *backend) comparison(ctx context.Context, in *comparisonQuery) (api.Comparison, error) {
	of, err := in.Selected()
	if err != nil {
		return api.Comparison{}, err
	}
	now, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Comparison{}, err
	}
	before, err := b.store.Results.Evaluation(ctx, in.Before)
	if err != nil {
		return api.Comparison{}, err
	}
	if now.ID == before.ID {
		return api.Comparison{}, route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("%s is to be compared with itself: name another evaluation", now.ID))
	}
	pairs, err := b.store.Results.Pairs(ctx, now.ID, before.ID, of)
	if err != nil {
		return api.Comparison{}, err
	}
	out := toComparison(pairs, of, before.ID)
	out.Evaluation, out.Before = now.ID, before.ID
	out.Maps, out.MissingShares, err = b.comparedMaps(ctx, in, before.ID)
	return out, err
}

// comparedMatrices writes both matrices over the same images.
func (b *backend) comparedMatrices(ctx context.Context, in *counterpartMatrixQuery) (http.HandlerFunc, error) {
	of, err := in.Selected()
	if err != nil {
		return nil, err
	}
	pairs, err := b.store.Results.Pairs(ctx, in.Evaluation, in.Before, of)
	if err != nil {
		return nil, err
	}
	before, now := pairs.Matrices()
	return counted(len(pairs.Classes), append(before, now...)), nil
}

// counterpartMatrixQuery asks for the matrices of an evaluation and an earlier one.
type counterpartMatrixQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Before string `query:"before" required:"true" doc:"The earlier evaluation"`
}

// cellsQuery asks for the cells of both matrices.
type cellsQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Before string `query:"before" required:"true" doc:"The earlier evaluation"`
	Limit  int    `query:"limit" default:"1000" minimum:"1" maximum:"10000" doc:"How many cells at most"`
}

func (b *backend) comparedCells(ctx context.Context, in *cellsQuery) (api.CellChanges, error) {
	of, err := in.Selected()
	if err != nil {
		return api.CellChanges{}, err
	}
	pairs, err := b.store.Results.Pairs(ctx, in.Evaluation, in.Before, of)
	if err != nil {
		return api.CellChanges{}, err
	}
	moves := pairs.Moves()
	out := api.CellChanges{Slice: of.String(), More: max(0, len(moves)-in.Limit)}
	out.Cells = wire.List(moves[:len(moves)-out.More], func(m compare.Move) api.CellChange { return toCell(m, of, in.Before) })
	return out, nil
}

// toCell gives each way of a cell the slice of its images. Where a label changed, images that stayed and
// images that came or left may have become the same: then the other evaluation's class tells them apart.
func toCell(m compare.Move, of slice.Slice, before string) api.CellChange {
	c := api.CellChange{Label: m.Label, Predicted: m.Class, Before: m.Before, Now: m.Now, Low: m.Low, High: m.High, Ways: []api.Way{}}
	earlier := []slice.Value{slice.Named(before)}
	in, was := slice.Equal("predicted", slice.Class(m.Class)), slice.EqualOf("was", earlier, slice.Class(m.Class))
	add := func(way string, list, others []compare.Way, cell, apart slice.Slice) {
		for _, moved := range list {
			became := slice.EqualOf("transition", earlier, slice.Named(string(moved.Transition)))
			images := of.Without("transition").Over(slice.Equal("label", slice.Class(m.Label))).Over(cell).Over(became)
			if slices.ContainsFunc(others, func(o compare.Way) bool { return o.Transition == moved.Transition }) {
				images = images.Over(apart)
			}
			c.Ways = append(c.Ways, api.Way{Way: way, Transition: string(moved.Transition), Count: moved.Count, Slice: images.String()})
		}
	}
	add("stayed", m.Stayed, m.Came, in, was)
	add("came", m.Came, m.Stayed, in, slice.NotOf("was", earlier, slice.Class(m.Class)))
	add("left", m.Left, m.Stayed, was, slice.Not("predicted", slice.Class(m.Class)))
	return c
}

// counterpartQuery asks what an earlier evaluation has of a sample's image.
type counterpartQuery struct {
	route.SamplePath
	route.SliceQuery
	Before string `query:"before" required:"true" doc:"The earlier evaluation"`
}

func (b *backend) counterpart(ctx context.Context, in *counterpartQuery) (api.Counterpart, error) {
	var c api.Counterpart
	of, err := in.Selected()
	if err != nil {
		return c, err
	}
	there, ok, err := b.store.Results.Counterpart(ctx, in.Evaluation, in.Before, in.Sample)
	if err != nil {
		return c, err
	}
	if !ok {
		return c, route.NotFound(fmt.Errorf("%s has no prediction for this image", in.Before))
	}
	e, err := b.store.Results.Evaluation(ctx, in.Before)
	if err != nil {
		return c, err
	}
	p, err := b.store.Results.Prediction(ctx, e.ID, there)
	if err != nil {
		return c, err
	}
	c = api.Counterpart{Evaluation: e.ID, Model: e.Model, Sample: there, Truth: p.Truth, Predicted: results.NoDecision, Confidence: float64(p.Confidence)}
	if c.Confidence >= of.Threshold() && p.Predicted >= 0 {
		c.Predicted, c.Name = p.Predicted, e.Classes[p.Predicted]
	}
	return c, nil
}

func toComparison(pairs *compare.Pairs, of slice.Slice, before string) api.Comparison {
	f := compare.Of(pairs)
	out := api.Comparison{
		Slice: of.String(), Images: f.Images, Unpaired: pairs.Unpaired, Unlabelled: pairs.Unlabelled, Relabelled: f.Relabelled,
		Missing: append([]string{}, pairs.Missing...), MissingBefore: append([]string{}, pairs.MissingBefore...),
		Accuracy: toDifference(f.Accuracy), MacroF1: toDifference(f.MacroF1), P: f.P,
	}
	others := of.Without("transition")
	for _, which := range compare.Transitions() {
		// There is no second transition, so there is no error.
		door, _ := others.And(slice.EqualOf("transition", []slice.Value{slice.Named(before)}, slice.Named(string(which))))
		out.Transitions = append(out.Transitions, api.TransitionCount{Transition: string(which), Count: f.Counts[which], Slice: door.String()})
	}
	out.Classes = wire.List(f.PerClass, func(k compare.Class) api.ClassDifference {
		return api.ClassDifference{Class: k.Class, Name: wire.NameAt(pairs.Classes, k.Class), Images: k.Images, Recall: toDifference(k.Recall),
			Fixed: k.Fixed, Broken: k.Broken, P: k.P, Corrected: k.Corrected}
	})
	return out
}

func toDifference(d compare.Difference) api.Difference {
	return api.Difference{Before: d.Before, Now: d.Now, Difference: wire.Estimate(d.Difference)}
}

// comparedMaps compares what the stored maps of both evaluations say of regions. The
// earlier one's are those of the methods that the later one's are of: what auto chose
// there is another matter.
func (b *backend) comparedMaps(ctx context.Context, in *comparisonQuery, before string) ([]api.RegionComparison, int, error) {
	shares := saliency.SharesQuery{EvaluationPath: in.EvaluationPath, SliceQuery: in.SliceQuery, SortQuery: route.SortQuery{Sort: string(results.ByPath)},
		Method: in.Method, Target: in.Target, Seed: in.Seed, Option: in.Option, Verdicts: true}
	list, missing, err := b.saliency.Measured(ctx, &shares)
	if err != nil {
		return nil, 0, err
	}
	var methods []string
	for _, m := range list {
		if !slices.Contains(methods, m.Meta.Method) {
			methods = append(methods, m.Meta.Method)
		}
	}
	out := []api.RegionComparison{}
	if len(methods) == 0 {
		return out, missing, nil
	}
	earlier := shares
	earlier.Evaluation, earlier.SliceQuery, earlier.Method = before, route.SliceQuery{}, methods
	listBefore, missingBefore, err := b.saliency.Measured(ctx, &earlier)
	if err != nil {
		return nil, 0, err
	}
	partner, err := b.store.Results.Paired(ctx, in.Evaluation, before)
	if err != nil {
		return nil, 0, err
	}
	for _, g := range pairMaps(list, listBefore, partner) {
		out = append(out, api.RegionComparison{Method: g.method, Target: g.target, Pairs: len(g.now), Regions: g.regions()})
	}
	return out, missing + missingBefore, nil
}

// pairedMaps are the maps of one method and target of images of which both evaluations
// have one: now[i] and before[i] are of the same image.
type pairedMaps struct {
	method, target string
	now, before    []measure.Map
}

func pairMaps(now, before []measure.Map, partner map[int64]int64) (groups []*pairedMaps) {
	type key struct {
		sample         int64
		method, target string
	}
	at := map[key]int{}
	for i, m := range before {
		at[key{m.Sample.ID, m.Meta.Method, m.Meta.Target}] = i
	}
	for _, m := range now {
		there, paired := partner[m.Sample.ID]
		i, ok := at[key{there, m.Meta.Method, m.Meta.Target}]
		if !paired || !ok {
			continue
		}
		g := slices.IndexFunc(groups, func(g *pairedMaps) bool { return g.method == m.Meta.Method && g.target == m.Meta.Target })
		if g < 0 {
			g = len(groups)
			groups = append(groups, &pairedMaps{method: m.Meta.Method, target: m.Meta.Target})
		}
		groups[g].now, groups[g].before = append(groups[g].now, m), append(groups[g].before, before[i])
	}
	return groups
}

// regions compares every region that maps on both sides have.
func (g *pairedMaps) regions() []api.RegionDifference {
	readings := func(list []measure.Map) []regions.Reading {
		return wire.List(list, func(m measure.Map) regions.Reading {
			return regions.Reading{Shares: m.Shares, LeftOut: m.LeftOut()}
		})
	}
	before := map[string]regions.Summary{}
	for _, s := range regions.Summarise(readings(g.before)) {
		before[s.Region] = s
	}
	out := []api.RegionDifference{}
	for _, s := range regions.Summarise(readings(g.now)) {
		was, both := before[s.Region]
		if !both {
			continue
		}
		// The slices are as long as each other, so there is no error.
		d, _ := stats.PairedShares(shareOf(g.now, s.Region), shareOf(g.before, s.Region))
		out = append(out, api.RegionDifference{Region: s.Region, Builtin: s.Builtin, Area: s.Area,
			Before: wire.Estimate(was.Share), Now: wire.Estimate(s.Share), Difference: wire.Estimate(d)})
	}
	return out
}

// shareOf is the share of a region on each map; NaN where it has none.
func shareOf(list []measure.Map, region string) []stats.Sample {
	return wire.List(list, func(m measure.Map) stats.Sample {
		s := stats.Sample{Value: math.NaN(), LeftOut: m.LeftOut()}
		if i := slices.IndexFunc(m.Shares, func(s regions.Share) bool { return s.Region == region }); i >= 0 {
			s.Value = m.Shares[i].Share
		}
		return s
	})
}
