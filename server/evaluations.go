package server

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
)

// sliceOf asks for something of a slice of an evaluation.
type sliceOf struct {
	route.EvaluationPath
	route.SliceQuery
}

// confusionsQuery asks for the fullest cells off the diagonal.
type confusionsQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Limit int `query:"limit" minimum:"1" maximum:"10000" default:"20" doc:"Cells to return at most"`
}

// curveQuery asks for the curve of one class in a split.
type curveQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Class int `path:"class" doc:"The class (index)"`
}

// histogramQuery asks for confidences in bins.
type histogramQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Bins int `query:"bins" minimum:"1" maximum:"1000" default:"20" doc:"Bins between 0 and 1"`
}

func (b *backend) evaluationRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations", "list-evaluations", "List a page of the evaluations, newest first", b.listEvaluations)
	route.Accepted(a, "POST /api/evaluations", "evaluate", "Run a model on a dataset, or continue to", b.evaluate)
	route.JSON(a, "GET /api/evaluations/{id}", "get-evaluation", "Describe an evaluation: figures, classes, warnings", b.evaluation)
	route.Raw(a, "GET /api/evaluations/{id}/matrix", "get-matrix", "Confusion matrix as numbers", "application/octet-stream",
		"Little-endian uint32 counts: one row per label, one column per class and a last one for no decision. X-Sightline-Rows and X-Sightline-Columns give the size.", b.matrix)
	route.JSON(a, "GET /api/evaluations/{id}/confusions", "list-confusions", "List the fullest cells off the diagonal", b.confusions)
	route.JSON(a, "GET /api/evaluations/{id}/curve/{class}", "get-curve", "Precision-recall curve of a class", b.curve)
	route.Raw(a, "GET /api/evaluations/{id}/predictions", "download-predictions", "All predictions with the score of every class, as a file", "text/csv",
		"A row per sample: path, label, predicted, confidence, split, then a column per class, by name, or score_0, score_1, … for all if the names are not distinct. "+
			"As JSON: {evaluation, classes, predictions:[{path, label, predicted, confidence, split, scores}]}.", b.predictions)
	route.JSON(a, "GET /api/evaluations/{id}/failures", "list-failures", "List the samples that could not be predicted, and why", b.failures)
	route.JSON(a, "GET /api/evaluations/{id}/figures", "get-figures", "Every figure of a slice, with its interval where it has one", b.allFigures)
	route.JSON(a, "GET /api/evaluations/{id}/histogram", "get-histogram", "Confidences of right and wrong predictions", b.histogram)
}

func (b *backend) matrix(ctx context.Context, in *sliceOf) (http.HandlerFunc, error) {
	of, err := in.Selected()
	if err != nil {
		return nil, err
	}
	m, err := b.store.Results.Matrix(ctx, in.Evaluation, of)
	if err != nil {
		return nil, err
	}
	return counted(m.Classes, m.Counts), nil
}

// counted writes the counts of matrices, one after the other.
func counted(classes int, list []uint32) http.HandlerFunc {
	counts := make([]byte, 0, 4*len(list))
	for _, n := range list {
		counts = binary.LittleEndian.AppendUint32(counts, n)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("X-Sightline-Rows", strconv.Itoa(classes))
		w.Header().Set("X-Sightline-Columns", strconv.Itoa(classes+1))
		_, _ = w.Write(counts)
	}
}

func (b *backend) confusions(ctx context.Context, in *confusionsQuery) (api.Confusions, error) {
	of, err := in.Selected()
	if err != nil {
		return api.Confusions{}, err
	}
	list, err := b.store.Results.TopConfusions(ctx, in.Evaluation, of, in.Limit)
	return api.Confusions{Confusions: wire.List(list, toConfusion)}, err
}

func toConfusion(c metrics.Pair) api.Confusion {
	out := api.Confusion{Label: c.Label, Predicted: c.Predicted, Count: c.Count, Share: c.Share}
	out.ShareLow, out.ShareHigh = interval(c.Count, c.Support)
	return out
}

// curvePoints bounds the points of a curve: more than a plot can show.
const curvePoints = 500

func (b *backend) curve(ctx context.Context, in *curveQuery) (api.Curve, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Curve{}, err
	}
	if in.Class < 0 || in.Class >= len(e.Classes) {
		return api.Curve{}, route.NotFound(fmt.Errorf("%s has no class %d: its classes are 0 to %d", e.ID, in.Class, len(e.Classes)-1))
	}
	of, err := in.Selected()
	if err != nil {
		return api.Curve{}, err
	}
	c, err := b.store.Results.CurveOf(ctx, in.Evaluation, of, in.Class, curvePoints)
	if err != nil {
		return api.Curve{}, err
	}
	return api.Curve{
		Class: c.Class, Positives: c.Positives, AveragePrecision: c.AveragePrecision, ROCAUC: c.ROCAUC,
		Points: wire.List(c.Points, func(p results.CurvePoint) api.CurvePoint { return api.CurvePoint(p) }),
	}, nil
}

func (b *backend) histogram(ctx context.Context, in *histogramQuery) (api.Histogram, error) {
	of, err := in.Selected()
	if err != nil {
		return api.Histogram{}, err
	}
	h, err := b.store.Results.Histogram(ctx, in.Evaluation, of, in.Bins)
	if err != nil {
		return api.Histogram{}, err
	}
	return api.Histogram(*h), nil
}

func (b *backend) failures(ctx context.Context, in *route.EvaluationPath) (api.FailureList, error) {
	list, err := b.store.Results.Failures(ctx, in.Evaluation)
	if err != nil {
		return api.FailureList{}, err
	}
	ids := wire.List(list, func(f catalog.Failure) int64 { return f.Sample })
	samples, err := b.store.Catalog.SamplesByID(ctx, ids)
	if err != nil {
		return api.FailureList{}, err
	}
	paths := map[int64]string{}
	for _, s := range samples {
		paths[s.ID] = s.Path
	}
	return api.FailureList{Failures: wire.List(list, func(f catalog.Failure) api.Failure {
		return api.Failure{ID: f.Sample, Path: paths[f.Sample], Reason: f.Reason}
	})}, nil
}
