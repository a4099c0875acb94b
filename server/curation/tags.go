package curation

import (
	"context"
	"errors"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
)

// tagPath names a tag of a dataset.
type tagPath struct {
	Dataset string `path:"name" doc:"The dataset"`
	Tag     string `path:"tag" doc:"The tag"`
}

// datasetPath names a dataset.
type datasetPath struct {
	Dataset string `path:"name" doc:"The dataset"`
}

func (b *Resources) tagRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/tags", "list-tags", "The tags of a dataset, with their samples", func(ctx context.Context, in *datasetPath) (api.TagList, error) {
		return b.tags(ctx, in.Dataset, nil)
	})
	route.JSON(a, "GET /api/evaluations/{id}/tags", "count-tags", "The tags of an evaluation's dataset, with how many samples of a slice have them", b.tagsOfSlice)
	route.JSON(a, "POST /api/evaluations/{id}/marks", "mark-samples", "Tag, note, relabel or exclude all samples of a slice or those listed, or take such a mark away", b.mark)
	route.JSON(a, "POST /api/datasets/{name}/locate", "locate-samples", "Which samples files are, by path or by hash", b.locate)
	route.JSON(a, "DELETE /api/datasets/{name}/tags/{tag}", "remove-tag", "Take a tag from all samples, and forget it; it can be undone", func(ctx context.Context, in *tagPath) (api.MarkAction, error) {
		by, err := b.store.Saved.Using(ctx, in.Dataset, "tag", in.Tag)
		if err == nil && len(by) > 0 {
			err = fmt.Errorf("%w: the saved slices %s name the tag %s; remove those first, or take the tag from the samples", catalog.ErrInUse, slice.ShortList(by), in.Tag)
		}
		if err != nil {
			return api.MarkAction{}, err
		}
		done, err := b.store.Marks.RemoveTag(ctx, in.Dataset, in.Tag, "")
		return answered(done, err)
	})
	route.JSON(a, "PATCH /api/datasets/{name}/tags/{tag}", "rename-tag", "Give a tag another name", func(ctx context.Context, in *struct {
		Dataset string `path:"name" doc:"The dataset"`
		Tag     string `path:"tag" doc:"The tag"`
		Body    api.RenameRequest
	}) (api.TagList, error) {
		if err := b.store.Marks.RenameTag(ctx, in.Dataset, in.Tag, in.Body.Name); err != nil {
			return api.TagList{}, err
		}
		if err := b.store.Saved.Reword(ctx, in.Dataset, "tag", in.Tag, in.Body.Name); err != nil {
			return api.TagList{}, err
		}
		return b.tags(ctx, in.Dataset, nil)
	})
}

// historyRoutes tell what was done to marks, and undo it.
func (b *Resources) historyRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/marks", "list-marks", "What was done last to the marks of a dataset, and by whom", func(ctx context.Context, in *datasetPath) (api.MarkHistory, error) {
		list, err := b.store.Marks.History(ctx, in.Dataset)
		return api.MarkHistory{Actions: wire.List(list, toAction)}, err
	})
	route.JSON(a, "POST /api/datasets/{name}/marks/undo", "undo-mark", "Take the last action back, or one of the last hundred", func(ctx context.Context, in *struct {
		Dataset string `path:"name" doc:"The dataset"`
		Body    api.UndoRequest
	}) (api.MarkAction, error) {
		done, err := b.store.Marks.Undo(ctx, in.Dataset, in.Body.Action)
		if err == nil && done.Kind == marks.Rename {
			err = b.store.Saved.Reword(ctx, in.Dataset, "tag", done.Value, done.Former())
		}
		return answered(done, err)
	})
}

// tags lists those of a dataset; found counts them in a slice.
func (b *Resources) tags(ctx context.Context, dataset string, found map[string]int) (api.TagList, error) {
	list, err := b.store.Marks.Tags(ctx, dataset)
	return api.TagList{Tags: wire.List(list, func(t marks.TagCount) api.Tag {
		return api.Tag{Name: t.Name, Samples: t.Samples, Changed: t.Changed, InSlice: found[t.Name], Created: t.Created}
	})}, err
}

func (b *Resources) tagsOfSlice(ctx context.Context, in *struct {
	route.EvaluationPath
	route.SliceQuery
}) (api.TagList, error) {
	of, err := in.Selected()
	if err != nil {
		return api.TagList{}, err
	}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.TagList{}, err
	}
	found, err := b.store.Marks.InSlice(ctx, e.ID, of)
	if err != nil {
		return api.TagList{}, err
	}
	return b.tags(ctx, e.Dataset, found)
}

func (b *Resources) mark(ctx context.Context, in *struct {
	route.EvaluationPath
	Body api.MarkRequest
}) (api.MarkAction, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.MarkAction{}, err
	}
	of, err := slice.Parse(in.Body.Slice)
	if err != nil {
		return api.MarkAction{}, route.BadRequest(err)
	}
	if len(in.Body.Samples) > 0 && !of.Empty() {
		return api.MarkAction{}, route.BadRequest(errors.New("name a slice or list samples, not both"))
	}
	r := marks.Request{Dataset: e.Dataset, Kind: marks.Kind(in.Body.Kind), Value: in.Body.Value, Remove: in.Body.Remove, Author: in.Body.Author}
	if r.Samples = in.Body.Samples; len(r.Samples) == 0 {
		r.Samples, r.Evaluation, r.Slice = nil, e.ID, of
	}
	done, err := b.store.Marks.Act(ctx, r)
	return answered(done, err)
}

// answered gives what can go wrong with an action its status.
func answered(a marks.Action, err error) (api.MarkAction, error) {
	switch {
	case errors.Is(err, marks.ErrChanged):
		err = route.Conflict(err)
	case errors.Is(err, marks.ErrAction):
		err = route.BadRequest(err)
	}
	return toAction(a), err
}

func toAction(a marks.Action) api.MarkAction {
	out := api.MarkAction{ID: a.ID, Kind: string(a.Kind), Value: a.Value, Remove: a.Remove, Selected: a.Selected, Changed: a.Changed,
		Slice: a.Slice, Evaluation: a.Evaluation, Author: a.Author, Created: a.Created, Undone: a.Undone, Text: a.String()}
	if a.Changed == 0 {
		out.ID = 0
	}
	return out
}

func (b *Resources) locate(ctx context.Context, in *struct {
	Dataset string `path:"name" doc:"The dataset"`
	Body    api.LocateRequest
}) (api.LocatedList, error) {
	found, err := b.store.Catalog.Locate(ctx, in.Dataset, wire.List(in.Body.Files, func(f api.FileName) catalog.Wanted { return catalog.Wanted(f) }))
	return api.LocatedList{Samples: wire.List(found, func(l catalog.Located) api.Located {
		return api.Located{Sample: l.Sample, Path: l.Path, Label: l.Label, Changed: l.Changed, Alike: wire.Listed(l.Alike)}
	})}, err
}
