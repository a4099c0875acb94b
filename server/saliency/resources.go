// Package saliency has the API's resources around attribution maps: one map and its stream,
// many as files, what they say of regions and classes, and the trust in them.
package saliency

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/inspect"
	"github.com/sightline/sightline/tasks/jitter"
	"github.com/sightline/sightline/tasks/measure"
)

// Resources are the routes of maps, and what they work on. They have many methods,
// because each route is one of them.
type Resources struct {
	store   *stores.Stores
	maps    explain.Service
	assess  assess.Service
	measure measure.Service
	inspect inspect.Service
	jitter  jitter.Service
}

// New makes the routes of a server with these stores and kinds of work.
func New(store *stores.Stores, s *task.Server) *Resources {
	return &Resources{store, explain.Service{Server: s}, assess.Service{Server: s}, measure.Service{Server: s}, inspect.Service{Server: s}, jitter.Service{Server: s}}
}

// Register puts the routes in place.
func (b *Resources) Register(a huma.API) {
	b.mapRoutes(a)
	b.drawnRoutes(a)
	b.shareRoutes(a)
	b.lookRoutes(a)
	b.meanMapRoutes(a)
	b.reasonRoutes(a)
	b.hidingRoutes(a)
	b.handRoutes(a)
	b.cellRoutes(a)
	b.trustRoutes(a)
	b.randomisationRoutes(a)
}
