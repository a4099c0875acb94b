package saliency

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/compare"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
)

// ReasonKind says which maps are compared.
type ReasonKind struct {
	Method string   `query:"method" default:"auto" doc:"How the maps are made, in both evaluations. See /api/methods"`
	Target string   `query:"target" default:"predicted" doc:"What they explain: predicted, true, contrast or class:INDEX"`
	Seed   uint64   `query:"seed" doc:"Of methods that sample"`
	Option []string `query:"option,explode" doc:"NAME=VALUE, a setting of the method; may be repeated"`
}

// reasonsQuery asks which images are right for another reason than before.
type reasonsQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Before string `query:"before" required:"true" doc:"The earlier evaluation"`
	Twin   string `query:"twin" doc:"An evaluation of one of both models, retrained: chance is measured by it, not by changed images"`
	ReasonKind
}

func (b *Resources) reasonRoutes(a huma.API) {
	const address = " /api/evaluations/{id}/reasons"
	route.JSON(a, "GET"+address, "get-reasons", "How many images are right for another reason than before", b.reasons)
	route.Accepted(a, "POST"+address, "measure-chance", "Find how far maps move by chance, or continue to", func(ctx context.Context, in *struct {
		route.EvaluationPath
		ReasonKind
	}) (api.ReasonsJob, error) {
		_, o, err := b.oneKind(ctx, in.shares(in.EvaluationPath, route.SliceQuery{}))
		if err != nil {
			return api.ReasonsJob{}, err
		}
		job, err := b.jitter.Start(ctx, in.Evaluation, o)
		if err != nil || job == nil {
			return api.ReasonsJob{}, err
		}
		out := wire.Job(*job)
		return api.ReasonsJob{Job: &out}, nil
	})
}

func (k ReasonKind) shares(e route.EvaluationPath, s route.SliceQuery) *SharesQuery {
	return &SharesQuery{EvaluationPath: e, SliceQuery: s, Method: []string{k.Method}, Target: []string{k.Target}, Seed: k.Seed, Option: k.Option}
}

func (b *Resources) reasons(ctx context.Context, in *reasonsQuery) (api.Reasons, error) {
	s, o, err := b.oneKind(ctx, in.shares(in.EvaluationPath, in.SliceQuery))
	if err != nil {
		return api.Reasons{}, err
	}
	if err := b.threeEvaluations(ctx, in); err != nil {
		return api.Reasons{}, err
	}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Reasons{}, err
	}
	found, err := b.store.Maps.Reasons(ctx, maps.Asking{Now: e.ID, Before: in.Before, Twin: in.Twin, Key: o.Key()})
	if err != nil {
		return api.Reasons{}, err
	}
	outcomes, err := b.store.Results.Outcomes(ctx, e.ID, s.Slice)
	if err != nil {
		return api.Reasons{}, err
	}
	all, byLabel, lacking := sorted(found, outcomes)
	out := api.Reasons{Evaluation: e.ID, Before: in.Before, Method: o.Method, Target: o.Target, Measure: found.Measure, Null: "changed", Twin: in.Twin, TwinOf: found.Of,
		NullN: found.Null, Known: found.Null >= compare.FewNull, Point: found.Point, Lacking: lacking, Slice: s.Slice.String(), Classes: []api.ReasonCount{}}
	if in.Twin != "" {
		out.Null = "twin"
	}
	door := func(label int) string { return reasonDoor(s.Slice, in, o.Method, o.Target, label) }
	out.All = reasonCount(all, found.Point, "all", door(slice.None))
	for label, list := range byLabel {
		if len(list) >= compare.FewRight {
			k := reasonCount(list, found.Point, wire.NameAt(e.Classes, label), door(label))
			k.Class = &label
			out.Classes = append(out.Classes, k)
		}
	}
	slices.SortFunc(out.Classes, func(x, y api.ReasonCount) int { return cmp.Compare(*x.Class, *y.Class) })
	return out, nil
}

// sorted are the differences of the outcomes that are right, at their slice's threshold, in all and
// by label, and how many lack a map.
func sorted(found *maps.Reasons, outcomes []results.Outcome) (all []float64, byLabel map[int][]float64, lacking int) {
	lacks := map[int64]bool{}
	for _, sample := range found.Lacking {
		lacks[sample] = true
	}
	byLabel = map[int][]float64{}
	for _, k := range outcomes {
		if k.Predicted != k.Label {
			continue
		}
		if lacks[k.Sample] {
			lacking++
		}
		if moved, ok := found.Moved[k.Sample]; ok {
			all, byLabel[k.Label] = append(all, moved), append(byLabel[k.Label], moved)
		}
	}
	return all, byLabel, lacking
}

// threeEvaluations refuses evaluations that are not there, or are one another.
func (b *Resources) threeEvaluations(ctx context.Context, in *reasonsQuery) error {
	if in.Before == in.Evaluation {
		return route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("%s is to be compared with itself: name another evaluation", in.Evaluation))
	}
	if in.Twin == in.Before || in.Twin == in.Evaluation {
		return route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("%s is one of the two that are compared: chance is measured by a third one, of the same model trained again", in.Twin))
	}
	for _, id := range []string{in.Before, in.Twin} {
		if id == "" {
			continue
		}
		if _, err := b.store.Results.Evaluation(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func reasonCount(differences []float64, point float64, name, door string) api.ReasonCount {
	x := compare.Exceeding(differences, point)
	return api.ReasonCount{Name: name, N: x.N, Count: x.Count, Expected: x.Expected, Excess: wire.Estimate(x.Excess), Slice: door}
}

// reasonDoor selects the images that are decided for another reason, of all labels or of one.
func reasonDoor(of slice.Slice, in *reasonsQuery, method, target string, label int) string {
	named := []slice.Value{slice.Named(in.Before), slice.Named(method), slice.Named(target)}
	if in.Twin != "" {
		named = append(named, slice.Named(in.Twin))
	}
	// What is left out of the slice is not there twice, so there is no error.
	door, _ := of.Without("reason").And(slice.EqualOf("reason", named, slice.Named("other")))
	door, _ = door.Without("correct").And(slice.Equal("correct", slice.Named("true")))
	if label != slice.None {
		door, _ = door.Without("label").And(slice.Equal("label", slice.Class(label)))
	}
	return door.String()
}
