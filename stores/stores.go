// Package stores opens a workspace with all of its stores.
package stores

import (
	"context"
	"errors"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/columns"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/parts"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/selections"
	"github.com/sightline/sightline/spaces"
	"github.com/sightline/sightline/trials"
	"github.com/sightline/sightline/workspace"
)

// Stores is an open workspace and what is kept in it. Each store may read the tables
// of those before it.
type Stores struct {
	Workspace *workspace.Workspace
	Catalog   *catalog.Store
	Results   *results.Store
	Maps      *maps.Store
	Trials    *trials.Store
	Marks     *marks.Store
	Spaces    *spaces.Store
	Columns   *columns.Store
	Parts     *parts.Store
	Saved     *selections.Store
}

// Open opens the workspace in dir, as workspace.Open does, and its stores.
func Open(ctx context.Context, dir string, o workspace.Options) (*Stores, error) {
	ws, err := workspace.Open(dir, o)
	if err != nil {
		return nil, err
	}
	s := &Stores{Workspace: ws}
	if s.Catalog, err = catalog.New(ctx, ws); err == nil {
		s.Results, err = results.New(ctx, ws, s.Catalog)
	}
	if err == nil {
		s.Maps, err = maps.New(ctx, ws, s.Results)
	}
	if err == nil {
		s.Trials, err = trials.New(ctx, ws, s.Results)
	}
	if err == nil {
		s.Marks, err = marks.New(ctx, ws, s.Results)
	}
	if err == nil {
		s.Spaces, err = spaces.New(ctx, ws, s.Results)
	}
	if err == nil {
		s.Columns, err = columns.New(ctx, ws, s.Results)
	}
	if err == nil {
		s.Parts, err = parts.New(ctx, ws, s.Results)
	}
	if err == nil {
		s.Saved, err = selections.New(ctx, ws, s.Results)
	}
	if err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	return s, nil
}

// Close closes the workspace.
func (s *Stores) Close() error { return s.Workspace.Close() }
