// Package curation has the API's resources of what people do with samples: tags with their
// history, and taking samples away as folders and tables of many formats.
package curation

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/stores"
)

// Resources are the routes of marks, and what they work on.
type Resources struct {
	store *stores.Stores
	drive *files.Waiter // for images that are copied

	objects *s3.Buckets // where some of them lie
}

// New makes the routes of a server with these stores.
func New(store *stores.Stores, drive *files.Waiter, objects *s3.Buckets) *Resources {
	return &Resources{store, drive, objects}
}

// Register puts the routes in place.
func (b *Resources) Register(a huma.API) {
	b.tagRoutes(a)
	b.historyRoutes(a)
	b.exportRoutes(a)
	b.columnRoutes(a)
	b.sliceRoutes(a)
}
