package saliency

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/tasks/measure"
)

// lookQuery asks what each class looks at.
type lookQuery struct {
	route.EvaluationPath
	route.SliceQuery
	By     string   `query:"by" enum:"label,predicted,cell" default:"label" doc:"What a row has in common: the label, the predicted class, or both"`
	Method string   `query:"method" default:"auto" doc:"How the maps are made; auto: by the method of which most maps are stored, or where there are none the one that is chosen for the model. See /api/methods"`
	Target string   `query:"target" default:"predicted" doc:"What they explain: predicted, true, contrast or class:INDEX"`
	Seed   uint64   `query:"seed" doc:"Of methods that sample"`
	Option []string `query:"option,explode" doc:"NAME=VALUE, a setting of the method; may be repeated"`
}

func (b *Resources) lookRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/look", "get-look", "What each class looks at: mean shares of regions with intervals", b.look)
}

// Look tells what the images of a slice look at, in rows by label, predicted or cell.
func (b *Resources) Look(ctx context.Context, evaluation string, of slice.Slice, by, method, target string) (api.Look, error) {
	return b.look(ctx, &lookQuery{EvaluationPath: route.EvaluationPath{Evaluation: evaluation}, SliceQuery: route.Selecting(of), By: by, Method: method, Target: target})
}

func (b *Resources) look(ctx context.Context, in *lookQuery) (api.Look, error) {
	if strings.ContainsAny(in.Method+in.Target, ",") {
		return api.Look{}, route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("one method and one target make a table: name one of each"))
	}
	list, missing, err := b.Measured(ctx, &SharesQuery{EvaluationPath: in.EvaluationPath, SliceQuery: in.SliceQuery, SortQuery: route.SortQuery{Sort: string(results.ByPath)},
		Method: []string{in.Method}, Target: []string{in.Target}, Seed: in.Seed, Option: in.Option, Verdicts: true})
	if err != nil {
		return api.Look{}, err
	}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Look{}, err
	}
	of, err := in.Selected()
	if err != nil {
		return api.Look{}, err
	}
	if of, err = b.resolve(ctx, e.ID, of); err != nil {
		return api.Look{}, err
	}
	counts, err := b.store.Results.Matrix(ctx, e.ID, of)
	if err != nil {
		return api.Look{}, err
	}
	t := &lookTable{by: in.By, of: of, classes: e.Classes, named: map[string]int{}}
	out := api.Look{By: in.By, Target: in.Target, Missing: missing, Rows: []api.LookRow{}}
	if len(list) > 0 {
		out.Method = list[0].Meta.Method
	}
	t.rows(counts, list, &out)
	return out, nil
}

// lookTable puts images and maps into rows.
type lookTable struct {
	by      string
	of      slice.Slice
	classes []string
	named   map[string]int // the class that a region is called as; -1 for none
}

// lookKey is what the images of a row have in common; open where the table leaves it open.
type lookKey struct{ label, predicted int }

// open stands for a class that rows do not tell apart.
const open = -2

func (t *lookTable) key(label, predicted int) lookKey {
	switch t.by {
	case "label":
		return lookKey{label, open}
	case "predicted":
		return lookKey{open, predicted}
	}
	return lookKey{label, predicted}
}

// rows fills the table: images come from the matrix, maps from the list.
func (t *lookTable) rows(counts *metrics.Confusion, list []measure.Map, out *api.Look) {
	images, maps := map[lookKey]int{}, map[lookKey][]measure.Map{}
	for label := range counts.Classes {
		for predicted, n := range counts.Row(label) {
			if predicted == counts.Classes {
				predicted = results.NoDecision
			}
			if n > 0 {
				images[t.key(label, predicted)] += int(n)
			}
		}
	}
	labelled := list[:0:0]
	for _, m := range list {
		if s := wire.Sample(m.Sample, t.of.Threshold()); s.Label >= 0 {
			k := t.key(s.Label, s.Predicted)
			maps[k], labelled = append(maps[k], m), append(labelled, m)
		}
	}
	for _, k := range t.sorted(images) {
		row := t.row(maps[k])
		row.Images, row.Name, row.Slice = images[k], t.name(k), t.door(k)
		row.Label, row.Predicted = known(k.label), known(k.predicted)
		out.Rows = append(out.Rows, row)
	}
	out.All = t.row(labelled)
	out.All.Name, out.All.Images, out.All.Slice = "all", counts.Total(), t.of.String()
}

// sorted are the rows' keys in their order: cells with the most images first, else by class.
func (t *lookTable) sorted(images map[lookKey]int) []lookKey {
	keys := make([]lookKey, 0, len(images))
	for k := range images {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b lookKey) int {
		if t.by == "cell" && images[a] != images[b] {
			return images[b] - images[a]
		}
		return cmp.Or(a.label-b.label, a.predicted-b.predicted)
	})
	return keys
}

func known(class int) *int {
	if class == open {
		return nil
	}
	return &class
}

// row sums up maps.
func (t *lookTable) row(list []measure.Map) api.LookRow {
	row := api.LookRow{Maps: len(list), Regions: []api.RegionShare{}}
	told := slices.Clone(list)
	for i, m := range told {
		told[i].Shares = t.objects(m)
	}
	for _, s := range summaries(told) { // of one method and target there is one
		row.Verdicts, row.Regions = s.Verdicts, s.Regions
	}
	return row
}

// What a region with the name of a class is called in the table, and all that lies outside.
const (
	ObjectOfTheLabel = "object of the label"
	Elsewhere        = "elsewhere"
)

// objects are a map's shares as the table has them. The grid's cells are left out. Regions
// that are called as classes are, as the boxes of a detection dataset, become two: the object
// that the sample is labelled with, and all the rest.
func (t *lookTable) objects(m measure.Map) []regions.Share {
	var out []regions.Share
	for _, s := range m.Shares {
		class, isClass := t.classOf(s)
		switch {
		case s.Builtin && strings.HasPrefix(s.Region, "grid "), isClass && class != m.Sample.Label:
		case isClass:
			rest := regions.Mass{Share: 1 - s.Share, Area: 1 - s.Area}
			s.Region = ObjectOfTheLabel
			out = append([]regions.Share{s, {Region: Elsewhere, Mass: rest}}, out...)
		default:
			out = append(out, s)
		}
	}
	return out
}

// classOf is the class that a region of the dataset is called as.
func (t *lookTable) classOf(s regions.Share) (class int, is bool) {
	if s.Builtin {
		return 0, false
	}
	if known, seen := t.named[s.Region]; seen {
		return known, known >= 0
	}
	class, err := slice.FindClass(t.classes, s.Region)
	if err != nil {
		class = results.NoDecision
	}
	t.named[s.Region] = class
	return class, err == nil
}

// name says what the images have in common.
func (t *lookTable) name(k lookKey) string {
	switch {
	case k.label == open:
		return wire.ClassName(t.classes, k.predicted)
	case k.predicted == open:
		return wire.ClassName(t.classes, k.label)
	case k.label == k.predicted:
		return wire.ClassName(t.classes, k.label) + ", right"
	}
	return wire.ClassName(t.classes, k.label) + " → " + wire.ClassName(t.classes, k.predicted)
}

// door selects the images of a row.
func (t *lookTable) door(k lookKey) string {
	s := t.of.Without("label", "predicted")
	if k.label == open {
		s = t.of.Without("predicted")
	} else if k.predicted == open {
		s = t.of.Without("label")
	}
	for criterion, class := range map[string]int{"label": k.label, "predicted": k.predicted} {
		if class != open {
			s, _ = s.And(slice.Equal(criterion, slice.Class(class))) // there is none, so there is no error
		}
	}
	if k.label == open && !hasTerm(s, "label") { // unlabelled images are in no row
		s, _ = s.And(slice.Not("label", slice.Class(slice.None)))
	}
	return s.String()
}

func hasTerm(s slice.Slice, criterion string) bool { return !s.Only(criterion).Empty() }
