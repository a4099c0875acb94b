package server

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
)

// datasetPath names a dataset.
type datasetPath struct {
	Dataset string `path:"name" doc:"The dataset"`
}

func (b *backend) datasetRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets", "list-datasets", "List a page of the datasets, by name", b.listDatasets)
	route.JSON(a, "GET /api/datasets/{name}", "get-dataset", "Describe a dataset", func(ctx context.Context, in *datasetPath) (api.Dataset, error) {
		d, err := b.store.Catalog.Dataset(ctx, in.Dataset)
		if err != nil {
			return api.Dataset{}, err
		}
		out := toDataset(*d)
		out.Examples, err = b.store.Catalog.Examples(ctx, in.Dataset, 12)
		return out, err
	})
	route.JSON(a, "GET /api/datasets/{name}/problems", "get-problems", "List what imports found odd", func(ctx context.Context, in *datasetPath) (api.Problems, error) {
		p, err := b.store.Catalog.Problems(ctx, in.Dataset)
		if err != nil {
			return api.Problems{}, err
		}
		return toProblems(p), nil
	})
	route.Accepted(a, "POST /api/datasets", "import-dataset", "Import a folder of images, or import it again", func(ctx context.Context, in *struct{ Body api.ImportRequest }) (api.Job, error) {
		return b.importDataset(ctx, in.Body)
	})
	b.imageRoutes(a)
}

func (b *backend) listDatasets(ctx context.Context, in *route.PageQuery) (out api.DatasetList, err error) {
	names, err := b.store.Catalog.DatasetsAfter(ctx, in.After, in.Limit+1)
	if err != nil {
		return out, err
	}
	out.Datasets, out.Next, err = route.Paged(names, in.Limit, route.ByName, func(name string) (api.Dataset, error) {
		d, err := b.store.Catalog.Dataset(ctx, name)
		return wire.Answered(d, toDataset, err)
	})
	return out, err
}

func toCount(n catalog.NamedCount) api.Count { return api.Count(n) }

func toDataset(d catalog.Dataset) api.Dataset {
	return api.Dataset{
		Name: d.Name, Root: d.Root, Samples: d.Samples, Quarantined: d.Quarantined, Gone: d.Gone, Changed: d.Changed, Rotated: d.Rotated,
		Unlabelled: d.Unlabelled, Labels: wire.List(d.Labels, toCount), Splits: wire.List(d.Splits, toCount), Regions: d.Regions,
		Duplicates: d.Duplicates, Conflicting: d.ConflictingDuplicates, Created: d.Created,
	}
}

func toProblems(p *catalog.Problems) api.Problems {
	return api.Problems{
		Quarantined: wire.List(p.Quarantined, func(q catalog.Problem) api.Quarantined { return api.Quarantined(q) }),
		Stray:       p.Stray, Missing: p.Missing, Unlisted: p.Unlisted, Warnings: p.Warnings, Gone: p.Gone, Changed: p.Changed,
		Added: p.Added, Moved: p.Moved, Returned: p.Returned, Relabelled: p.Relabelled,
		Duplicates: wire.List(p.Duplicates, func(d catalog.DuplicateGroup) api.Duplicate { return api.Duplicate(d) }),
	}
}
