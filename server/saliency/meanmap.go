package saliency

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/measure"
)

// meanMapQuery asks what the stored maps of a slice have in common.
type meanMapQuery struct {
	route.EvaluationPath
	route.SliceQuery
	By     string   `query:"by" enum:"all,label,predicted,cell" default:"all" doc:"Also the mean of each group of labelled images that have this in common"`
	Region string   `query:"region" doc:"On the box around this region of the dataset, of images that have exactly one; else on the whole image"`
	Method string   `query:"method" default:"auto" doc:"How the maps are made; auto: by the method of which most maps are stored, or where there are none the one that is chosen for the model. See /api/methods"`
	Target string   `query:"target" default:"predicted" doc:"What they explain: predicted, true, contrast or class:INDEX"`
	Seed   uint64   `query:"seed" doc:"Of methods that sample"`
	Option []string `query:"option,explode" doc:"NAME=VALUE, a setting of the method; may be repeated"`
}

func (b *Resources) meanMapRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/meanmap", "get-mean-map", "What stored maps have in common: mean, median and spread on one grid, typical images and outliers", b.meanMap)
}

// mostGroups is how many means an answer has at most: 30 classes by 30, and no decision.
const mostGroups = 1000

func (b *Resources) meanMap(ctx context.Context, in *meanMapQuery) (api.MeanMaps, error) {
	s, o, err := b.oneKind(ctx, &SharesQuery{EvaluationPath: in.EvaluationPath, SliceQuery: in.SliceQuery, Method: []string{in.Method}, Target: []string{in.Target}, Seed: in.Seed, Option: in.Option})
	if err != nil {
		return api.MeanMaps{}, err
	}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.MeanMaps{}, err
	}
	if err := b.knownRegion(ctx, e.Dataset, in.Region); err != nil {
		return api.MeanMaps{}, err
	}
	outcomes, err := b.store.Results.Outcomes(ctx, e.ID, s.Slice)
	if err != nil {
		return api.MeanMaps{}, err
	}
	of := make(map[int64]bool, len(outcomes))
	for _, k := range outcomes {
		of[k.Sample] = true
	}
	list, err := b.measure.Rasters(ctx, e.ID, of, o, in.Region)
	if err != nil {
		return api.MeanMaps{}, err
	}
	out := api.MeanMaps{By: in.By, Method: o.Method, Target: o.Target, Region: in.Region, Columns: measure.GridSide, Rows: measure.GridSide, Aspect: aspect(list), Groups: []api.MeanMap{}}
	t := &lookTable{by: in.By, of: s.Slice, classes: e.Classes}
	if in.By != "all" {
		if out.Groups, err = t.meanMaps(outcomes, list); err != nil {
			return api.MeanMaps{}, err
		}
	}
	out.All, err = b.meanOfAll(ctx, list)
	out.All.Name, out.All.Images, out.All.Slice = "all", len(outcomes), s.Slice.String()
	return out, err
}

// oneKind is the selection and the one kind of maps that a question is about.
func (b *Resources) oneKind(ctx context.Context, in *SharesQuery) (explain.Selection, explain.MapOptions, error) {
	if strings.ContainsAny(in.Method[0]+in.Target[0], ",") {
		return explain.Selection{}, explain.MapOptions{}, route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("maps of one method and one target have a mean: name one of each"))
	}
	s, requests, err := b.wanted(ctx, in)
	if err != nil {
		return s, explain.MapOptions{}, err
	}
	return s, requests[0], nil
}

// knownRegion refuses a region that no image of the dataset has.
func (b *Resources) knownRegion(ctx context.Context, dataset, region string) error {
	if region == "" {
		return nil
	}
	names, err := b.store.Catalog.RegionNames(ctx, dataset)
	if err != nil || slices.Contains(names, region) {
		return err
	}
	if len(names) == 0 {
		return route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("%s has no regions: leave region out for the mean on the whole image, or import the dataset with --regions", dataset))
	}
	return route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("%s has no region %q: there are %s", dataset, region, slice.ShortList(names)))
}

// meanMaps are those of the groups, in the order of look's rows.
func (t *lookTable) meanMaps(outcomes []results.Outcome, list []measure.Rastered) ([]api.MeanMap, error) {
	images, group := map[lookKey]int{}, make(map[int64]lookKey, len(outcomes))
	for _, o := range outcomes {
		if o.Label >= 0 {
			k := t.key(o.Label, o.Predicted)
			images[k]++
			group[o.Sample] = k
		}
	}
	if len(images) > mostGroups {
		return nil, route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("these are %d groups, and a mean map is made of at most %d: ask by label, or narrow the slice", len(images), mostGroups))
	}
	maps := map[lookKey][]measure.Rastered{}
	for _, r := range list {
		if k, ok := group[r.Sample]; ok {
			maps[k] = append(maps[k], r)
		}
	}
	out := []api.MeanMap{}
	for _, k := range t.sorted(images) {
		m, counted := counts(maps[k])
		m.Mean = rounded(regions.MeanOf(valuesOf(counted)))
		m.Name, m.Slice, m.Images, m.Label, m.Predicted = t.name(k), t.door(k), images[k], known(k.label), known(k.predicted)
		out = append(out, m)
	}
	return out, nil
}

// counts tells how many maps are counted, and which.
func counts(list []measure.Rastered) (m api.MeanMap, counted []measure.Rastered) {
	m.Maps = len(list)
	for _, r := range list {
		switch {
		case r.LeftOut:
			m.Red++
		case r.Outside:
			m.Outside++
		case r.Values == nil:
			m.Empty++
		default:
			counted = append(counted, r)
		}
	}
	m.N = len(counted)
	return m, counted
}

func valuesOf(list []measure.Rastered) [][]float32 {
	return wire.List(list, func(r measure.Rastered) []float32 { return r.Values })
}

// fewTypical is how many typical images, and how many outliers, are named.
const fewTypical = 6

// meanOfAll is the mean map with median, spread, typical images and outliers.
func (b *Resources) meanOfAll(ctx context.Context, list []measure.Rastered) (api.MeanMap, error) {
	m, counted := counts(list)
	a := regions.Average(valuesOf(counted))
	m.Mean, m.Median = rounded(a.Mean), rounded(a.Median)
	if a.N < 2 { // one map is no more typical than another
		return m, nil
	}
	m.Spread = rounded(a.Spread)
	far := wire.List(counted, func(r measure.Rastered) api.TypicalSample {
		return api.TypicalSample{ID: r.Sample, Distance: regions.Apart(r.Values, a.Mean)}
	})
	slices.SortFunc(far, func(x, y api.TypicalSample) int {
		return cmp.Or(cmp.Compare(x.Distance, y.Distance), cmp.Compare(x.ID, y.ID))
	})
	few := min(fewTypical, (len(far)+1)/2)
	m.Typical = far[:few]
	m.Outliers = slices.Clone(far[max(few, len(far)-fewTypical):])
	slices.Reverse(m.Outliers)
	return m, b.namePaths(ctx, m.Typical, m.Outliers)
}

// namePaths fills in the paths of samples.
func (b *Resources) namePaths(ctx context.Context, lists ...[]api.TypicalSample) error {
	for _, list := range lists {
		found, err := b.store.Catalog.SamplesByID(ctx, wire.List(list, func(s api.TypicalSample) int64 { return s.ID }))
		if err != nil {
			return err
		}
		for _, s := range found {
			if i := slices.IndexFunc(list, func(l api.TypicalSample) bool { return l.ID == s.ID }); i >= 0 {
				list[i].Path = s.Path
			}
		}
	}
	return nil
}

// rounded keeps six digits after the point: a share of a cell needs no more on its way.
func rounded(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = math.Round(v*1e6) / 1e6
	}
	return out
}

// aspect is the median of those of the counted maps.
func aspect(list []measure.Rastered) float64 {
	var all []float64
	for _, r := range list {
		if r.Values != nil {
			all = append(all, r.Aspect)
		}
	}
	if len(all) == 0 {
		return 1
	}
	slices.Sort(all)
	return all[len(all)/2]
}
