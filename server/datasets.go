package server

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/server/api"
)

// datasetPath names a dataset.
type datasetPath struct {
	Dataset string `path:"name" doc:"The dataset"`
}

func (b *backend) datasetRoutes(a huma.API) {
	route(a, "GET /api/datasets", "list-datasets", "List a page of the datasets, by name", b.listDatasets)
	route(a, "GET /api/datasets/{name}", "get-dataset", "Describe a dataset", func(ctx context.Context, in *datasetPath) (api.Dataset, error) {
		d, err := b.store.Catalog.Dataset(ctx, in.Dataset)
		if err != nil {
			return api.Dataset{}, err
		}
		return toDataset(*d), nil
	})
	route(a, "GET /api/datasets/{name}/problems", "get-problems", "List what imports found odd", func(ctx context.Context, in *datasetPath) (api.Problems, error) {
		p, err := b.store.Catalog.Problems(ctx, in.Dataset)
		if err != nil {
			return api.Problems{}, err
		}
		return toProblems(p), nil
	})
	accepted(a, "POST /api/datasets", "import-dataset", "Import a folder of images, or import it again", func(ctx context.Context, in *struct{ Body api.ImportRequest }) (api.Job, error) {
		return b.importDataset(ctx, in.Body)
	})
	b.imageRoutes(a)
}

func (b *backend) listDatasets(ctx context.Context, in *pageQuery) (out api.DatasetList, err error) {
	names, err := b.store.Catalog.DatasetsAfter(ctx, in.After, in.Limit+1)
	if err != nil {
		return out, err
	}
	out.Datasets, out.Next, err = paged(names, in.Limit, itself, func(name string) (api.Dataset, error) {
		d, err := b.store.Catalog.Dataset(ctx, name)
		return answered(d, toDataset, err)
	})
	return out, err
}

func toCount(n catalog.NamedCount) api.Count { return api.Count(n) }

func toDataset(d catalog.Dataset) api.Dataset {
	return api.Dataset{
		Name: d.Name, Root: d.Root, Samples: d.Samples, Quarantined: d.Quarantined, Gone: d.Gone, Changed: d.Changed, Rotated: d.Rotated,
		Unlabelled: d.Unlabelled, Labels: convert(d.Labels, toCount), Splits: convert(d.Splits, toCount), Regions: d.Regions,
		Duplicates: d.Duplicates, Conflicting: d.ConflictingDuplicates, Created: d.Created,
	}
}

func toProblems(p *catalog.Problems) api.Problems {
	return api.Problems{
		Quarantined: convert(p.Quarantined, func(q catalog.Problem) api.Quarantined { return api.Quarantined(q) }),
		Stray:       p.Stray, Missing: p.Missing, Unlisted: p.Unlisted, Warnings: p.Warnings, Gone: p.Gone, Changed: p.Changed,
		Added: p.Added, Moved: p.Moved, Returned: p.Returned, Relabelled: p.Relabelled,
		Duplicates: convert(p.Duplicates, func(d catalog.DuplicateGroup) api.Duplicate { return api.Duplicate(d) }),
	}
}
