package curation

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/columns"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stats"
)

// mostGroups is how many values of a text are listed.
const mostGroups = 20

func (b *Resources) columnRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/columns", "list-columns", "The columns that came with a dataset", func(ctx context.Context, in *datasetPath) (api.ColumnList, error) {
		list, err := b.store.Columns.List(ctx, in.Dataset)
		return api.ColumnList{Columns: wire.List(list, func(c columns.Column) api.Column {
			return api.Column{Name: c.Name, Kind: c.Kind, Source: c.Source, Samples: c.Samples, Distinct: c.Distinct}
		})}, err
	})
	route.JSON(a, "GET /api/evaluations/{id}/groups", "group-samples", "The samples of a slice by a column that came with the data: counts, and accuracy with its interval", b.groups)
}

func (b *Resources) groups(ctx context.Context, in *struct {
	route.EvaluationPath
	route.SliceQuery
	By string `query:"by" required:"true" doc:"Name of the column"`
}) (api.Groups, error) {
	of, err := in.Selected()
	if err != nil {
		return api.Groups{}, err
	}
	found, err := b.store.Columns.GroupBy(ctx, in.Evaluation, of, in.By, mostGroups)
	if err != nil {
		return api.Groups{}, err
	}
	return api.Groups{Column: found.Column.Name, Kind: found.Column.Kind, Left: found.Left, Groups: wire.List(found.Groups, func(g columns.Group) api.Group {
		return toGroup(g, of.Over(slice.EqualOf("column", []slice.Value{slice.Named(in.By)}, slice.Named(g.Word))))
	})}, nil
}

func toGroup(g columns.Group, of slice.Slice) api.Group {
	out := api.Group{Word: g.Word, Slice: of.String(), Samples: g.Samples, Labelled: g.Labelled, Correct: g.Correct, Undecided: g.Undecided}
	if g.Labelled > 0 {
		share := float64(g.Correct) / float64(g.Labelled)
		out.Accuracy = &share
	}
	if g.Labelled >= 5 {
		low, high := stats.Wilson(g.Correct, g.Labelled, 0.95)
		out.Low, out.High = &low, &high
	}
	return out
}
