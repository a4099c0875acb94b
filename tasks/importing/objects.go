package importing

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
)

// scan finds the images of a source.
func (im *importer) scan(ctx context.Context, source dataset.Source, note func(string)) (*dataset.Result, error) {
	if files.IsObject(source.Root) {
		return dataset.ScanObjects(ctx, im.Drive, source, dataset.Store{List: im.list(ctx, source.Root), Read: im.table}, func(s dataset.Progress) {
			note(fmt.Sprintf("listing objects: %d, %.0f/s", s.Done, s.Rate))
		})
	}
	return dataset.ScanWith(ctx, im.Drive, source, func(s dataset.Progress) {
		note(fmt.Sprintf("reading headers: %d of %d files, %.0f files/s", s.Done, s.Total, s.Rate))
	})
}

// list are the objects below an address.
func (im *importer) list(ctx context.Context, root string) iter.Seq2[dataset.Object, error] {
	return func(yield func(dataset.Object, error) bool) {
		store, prefix, err := im.Objects.At(root)
		if err != nil {
			yield(dataset.Object{}, err)
			return
		}
		prefix = s3.Folder(prefix)
		for o, err := range store.List(ctx, prefix) {
			if !yield(dataset.Object{Path: strings.TrimPrefix(o.Key, prefix), Size: o.Size, Tag: o.Tag}, err) {
				return
			}
		}
	}
}

// table reads a table of labels, or a file of regions.
func (im *importer) table(ctx context.Context, address string) ([]byte, error) {
	data, _, err := im.Objects.Waiting(ctx, im.Drive, address)
	return data, err
}

// regions reads the regions of a dataset whose images are objects.
func (im *importer) regions(ctx context.Context, name string, source dataset.Source) error {
	samples, err := im.Store.Catalog.Listed(ctx, name)
	if err != nil {
		return err
	}
	regions, remarks, err := dataset.RegionsOf(ctx, im.Drive, source, samples, im.table)
	if err != nil {
		return err
	}
	return im.Store.Catalog.PutRegions(ctx, name, regions, remarks)
}
