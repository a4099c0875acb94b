package curation

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/selections"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/slice"
)

// slicePath names a saved slice of a dataset.
type slicePath struct {
	Dataset string `path:"name" doc:"The dataset"`
	Slice   string `path:"slice" doc:"The name of the saved slice"`
}

func (b *Resources) sliceRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/slices", "list-slices", "The saved slices of a dataset", func(ctx context.Context, in *datasetPath) (api.SavedSliceList, error) {
		return b.slices(ctx, in.Dataset)
	})
	route.JSON(a, "GET /api/evaluations/{id}/slices", "count-slices", "The saved slices of an evaluation's dataset, with how many samples each selects now", b.slicesOf)
	route.JSON(a, "GET /api/evaluations/{id}/sides", "compare-slices", "Slices side by side: the figures of each with intervals, and the difference to the rest of the whole", b.sides)
	route.JSON(a, "POST /api/evaluations/{id}/slices", "save-slice", "Give a slice a name, so that saved=NAME selects it", b.saveSlice)
	route.JSON(a, "POST /api/evaluations/{id}/selections", "select-samples", "Keep samples as a selection, so that sel=ID selects them", b.selectSamples)
	route.JSON(a, "GET /api/datasets/{name}/selections/{selection}", "show-selection", "What a selection is of", func(ctx context.Context, in *struct {
		Dataset   string `path:"name" doc:"The dataset"`
		Selection string `path:"selection" doc:"Its id"`
	}) (api.Selection, error) {
		set, err := b.store.Saved.Set(ctx, in.Dataset, in.Selection)
		return toSelection(set), err
	})
	route.JSON(a, "PATCH /api/datasets/{name}/slices/{slice}", "rename-slice", "Give a saved slice another name, also where others are made of it", func(ctx context.Context, in *struct {
		Dataset string `path:"name" doc:"The dataset"`
		Slice   string `path:"slice" doc:"The name of the saved slice"`
		Body    api.RenameRequest
	}) (api.SavedSliceList, error) {
		if err := b.store.Saved.Rename(ctx, in.Dataset, in.Slice, in.Body.Name); err != nil {
			return api.SavedSliceList{}, err
		}
		return b.slices(ctx, in.Dataset)
	})
	route.JSON(a, "DELETE /api/datasets/{name}/slices/{slice}", "remove-slice", "Forget a saved slice; its samples stay. Refused where another is made of it", func(ctx context.Context, in *slicePath) (api.SavedSliceList, error) {
		if err := b.store.Saved.Remove(ctx, in.Dataset, in.Slice); err != nil {
			return api.SavedSliceList{}, err
		}
		return b.slices(ctx, in.Dataset)
	})
}

func (b *Resources) slices(ctx context.Context, dataset string) (api.SavedSliceList, error) {
	list, err := b.store.Saved.List(ctx, dataset)
	out := api.SavedSliceList{Slices: []api.SavedSlice{}}
	for _, s := range list {
		out.Slices = append(out.Slices, toSaved(s))
	}
	return out, err
}

func toSaved(s selections.Saved) api.SavedSlice {
	out := api.SavedSlice{Name: s.Name, Kind: "live", Slice: s.Slice, Text: s.Text().String(), Evaluation: s.Evaluation, Author: s.Author, Created: s.Created}
	if of, err := slice.Parse(s.Slice); err == nil {
		out.Sentence = of.Sentence(nil)
	}
	if s.Set != nil {
		out.Kind, out.Fixed, out.Changed = "fixed", s.Set.Samples, s.Set.Changed
	}
	return out
}

// slicesOf counts the samples of each. One that cannot be evaluated says why, and the others are there all the same.
func (b *Resources) slicesOf(ctx context.Context, in *route.EvaluationPath) (api.SavedSliceList, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.SavedSliceList{}, err
	}
	list, err := b.store.Saved.List(ctx, e.Dataset)
	out := api.SavedSliceList{Slices: []api.SavedSlice{}}
	for _, s := range list {
		one, err := b.counted(ctx, e, s)
		if err != nil {
			return out, err
		}
		out.Slices = append(out.Slices, one)
	}
	return out, err
}

func (b *Resources) counted(ctx context.Context, e *results.Evaluation, s selections.Saved) (api.SavedSlice, error) {
	out := toSaved(s)
	found, err := b.store.Results.Tally(ctx, e.ID, s.Text())
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		out.Problem = err.Error()
	default:
		out.Samples = &found.Samples
	}
	return out, nil
}

func (b *Resources) saveSlice(ctx context.Context, in *struct {
	route.EvaluationPath
	Body api.SaveSliceRequest
}) (api.SavedSlice, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.SavedSlice{}, err
	}
	of, err := slice.Parse(in.Body.Slice)
	if err != nil {
		return api.SavedSlice{}, route.BadRequest(err)
	}
	saved, err := b.store.Saved.Save(ctx, e.ID, selections.Saving{Name: in.Body.Name, Slice: of, Fixed: in.Body.Fixed, Replace: in.Body.Replace, Author: in.Body.Author})
	if err != nil {
		return api.SavedSlice{}, unempty(err)
	}
	return b.counted(ctx, e, saved)
}

func (b *Resources) selectSamples(ctx context.Context, in *struct {
	route.EvaluationPath
	Body api.SelectRequest
}) (api.Selection, error) {
	of, err := slice.Parse(in.Body.Slice)
	switch {
	case err != nil:
		return api.Selection{}, route.BadRequest(err)
	case in.Body.Samples != nil && !of.Empty():
		return api.Selection{}, route.BadRequest(errors.New("name a slice or list samples, not both"))
	}
	set, err := b.store.Saved.Keep(ctx, in.Evaluation, of, in.Body.Samples)
	return toSelection(set), unempty(err)
}

func toSelection(s selections.Set) api.Selection {
	return api.Selection{ID: s.ID, Text: slice.Equal("sel", slice.Named(s.ID)).String(), Slice: s.Slice, Evaluation: s.Evaluation, Samples: s.Samples, Changed: s.Changed}
}

// unempty gives a selection of nothing its status.
func unempty(err error) error {
	if errors.Is(err, selections.ErrEmpty) {
		return route.Refused(http.StatusUnprocessableEntity, err)
	}
	return err
}
