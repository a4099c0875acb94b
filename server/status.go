package server

import (
	"context"
	"os"
	"path/filepath"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/workspace"
)

func (b *backend) statusRoutes(a huma.API) {
	route.JSON(a, "GET /api/status", "get-status", "Describe the server and what its workspace holds", b.status)
	route.JSON(a, "GET /api/names", "get-names", "List the names of datasets, models and classes", b.names)
}

func (b *backend) names(ctx context.Context, _ *route.None) (api.Names, error) {
	n, err := b.store.Catalog.Names(ctx)
	if err != nil {
		return api.Names{}, err
	}
	return api.Names{Workspace: b.store.Workspace.Dir(), Datasets: n.Datasets, Models: wire.List(n.Models, toModelNames)}, nil
}

func toModelNames(m catalog.ModelNames) api.ModelNames {
	return api.ModelNames{Name: m.Name, Classes: wire.Listed(m.Classes)}
}

func (b *backend) status(ctx context.Context, _ *route.None) (api.Status, error) {
	s := api.Status{Version: b.version, Workspace: b.store.Workspace.Dir()}
	var err error
	if s.Datasets, s.Models, err = b.store.Catalog.Counts(ctx); err != nil {
		return s, err
	}
	if s.Evaluations, err = b.store.Results.Count(ctx); err != nil {
		return s, err
	}
	s.Demo = isDemo(b.store.Workspace.Dir())
	s.ONNXRuntime, s.DuckDB, err = Versions()
	return s, err
}

// Versions tells which ONNX Runtime and DuckDB are embedded in this binary. It opens neither.
func Versions() (onnxRuntime, duckDB string, err error) {
	onnxRuntime, err = ort.Version()
	return onnxRuntime, workspace.DatabaseVersion, err
}

// DemoFolder is where, in a workspace, the demonstration keeps its files.
const DemoFolder = "demo"

func isDemo(workspace string) bool {
	_, err := os.Stat(filepath.Join(workspace, DemoFolder))
	return err == nil
}
