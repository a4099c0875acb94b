// Package curation has the API's resources of what people do with samples: tags with their
// history.
package curation

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/stores"
)

// Resources are the routes of marks, and what they work on.
type Resources struct{ store *stores.Stores }

// New makes the routes of a server with these stores.
func New(store *stores.Stores) *Resources { return &Resources{store} }

// Register puts the routes in place.
func (b *Resources) Register(a huma.API) { b.tagRoutes(a) }
