package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/report"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
)

// reportQuery asks for a report.
type reportQuery struct {
	route.EvaluationPath
	route.SliceQuery
	All    bool   `query:"all" doc:"Without a slice, all samples; else those of the headline"`
	Before string `query:"before" doc:"Compare with this evaluation"`
	Format string `query:"format" enum:"html,markdown" default:"html" doc:"A page, or a text for a pull request"`
	Images int    `query:"images" minimum:"0" maximum:"50" default:"4" doc:"Images of each cell and finding at most"`
	Size   int    `query:"size" minimum:"1" maximum:"200" default:"10" doc:"Of the file in megabytes, at most: images are left out beyond it"`
	Paths  bool   `query:"paths" doc:"Tell where dataset and model lie on the server's machine"`
}

func (b *backend) reportRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/hash", "get-dataset-hash", "Name what a dataset is, by its contents", func(ctx context.Context, in *datasetPath) (api.DatasetHash, error) {
		if _, err := b.store.Catalog.Dataset(ctx, in.Dataset); err != nil {
			return api.DatasetHash{}, err
		}
		hash, samples, err := b.store.Catalog.Hash(ctx, in.Dataset)
		return api.DatasetHash{SHA256: hash, Samples: samples}, err
	})
	route.Raw(a, "GET /api/evaluations/{id}/report", "get-report", "A report of an evaluation: one file that needs nothing else. Nothing is made for it", "text/html",
		"A page that loads nothing and runs nothing, or Markdown. What is not stored is told with the command that makes it.", b.report)
}

// report makes the file from what the server answers to its clients.
func (b *backend) report(ctx context.Context, in *reportQuery) (http.HandlerFunc, error) {
	of, err := in.Selected()
	if err != nil {
		return nil, err
	}
	made, err := report.Gather(ctx, b.within, report.Options{
		Evaluation: in.Evaluation, Slice: of.String(), All: in.All, Before: in.Before, Images: in.Images, Bytes: in.Size * 1_000_000, Paths: in.Paths,
		Version: b.version, Made: time.Now(),
	})
	if err != nil {
		if refused := (*client.Error)(nil); errors.As(err, &refused) {
			err = route.Refused(refused.Status, err)
		}
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if in.Format == "markdown" {
			w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
			_ = made.Markdown(w)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", report.Policy())
		_ = made.HTML(w) // a client that left
	}, nil
}
