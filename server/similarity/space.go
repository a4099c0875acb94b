package similarity

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/spaces"
	"github.com/sightline/sightline/tasks/project"
	"github.com/sightline/sightline/workspace"
)

type (
	spaceStart struct {
		route.EvaluationPath
		Body api.SpaceRequest
	}
	pointsQuery struct {
		route.EvaluationPath
		Projection string `query:"projection" enum:"pca,umap" default:"umap" doc:"By principal components, or by neighbours, which a job has to have made"`
		IfNone     string `header:"If-None-Match" doc:"What the caller has"`
	}
	valuesQuery struct {
		route.EvaluationPath
		route.SliceQuery
	}
)

func (b *Resources) spaceRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/space", "get-space", "What there is of the map of an evaluation's images", b.space)
	route.Accepted(a, "POST /api/evaluations/{id}/space", "make-space", "Lay the images of an evaluation out by their neighbours, in a job", b.makeSpace)
	route.Raw(a, "GET /api/evaluations/{id}/space/points", "get-space-points", "Where the images lie on the map", "application/octet-stream",
		"Little-endian: 16 bytes (SLP1, number of images n as uint32, twice 0), n float64 with the samples ascending, n pairs of float32 with x and y.", b.spacePoints)
	route.Raw(a, "GET /api/evaluations/{id}/space/values", "get-space-values", "What the points of the map are: labels, predictions, and whether a slice selects them", "application/octet-stream",
		"Little-endian, in the order of the points: 16 bytes (SLV1, n as uint32, twice 0), n int32 labels (-1 for none), n int32 predictions (-1 under the threshold), n float32 confidences, n bytes that are 1 for images of the slice.", b.spaceValues)
}

func (b *Resources) space(ctx context.Context, in *route.EvaluationPath) (out api.Space, err error) {
	x, err := b.take(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	defer b.release(x)
	out.Images = x.Len()
	out.Reason = x.none()
	out.Drawn, out.Seconds = project.Cost(x.Len())
	_, _, err = b.store.Spaces.Find(ctx, in.Evaluation)
	if out.Made = err == nil; errors.Is(err, workspace.ErrNotFound) {
		err = nil
	}
	return out, err
}

func (b *Resources) makeSpace(ctx context.Context, in *spaceStart) (out api.SpaceStarted, err error) {
	job, err := b.project.Start(ctx, in.Evaluation, in.Body.Seed)
	if errors.Is(err, project.ErrNone) {
		return out, route.Refused(http.StatusUnprocessableEntity, err)
	}
	if err != nil || job == nil {
		out.Made = err == nil
		return out, err
	}
	started := wire.Job(*job)
	out.Job = &started
	return out, nil
}

func (b *Resources) spacePoints(ctx context.Context, in *pointsQuery) (http.HandlerFunc, error) {
	if in.Projection == "pca" {
		return b.principal(ctx, in)
	}
	path, _, err := b.store.Spaces.Find(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	tag := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return tagged(tag, in.IfNone, func() ([]int64, []float32, error) {
		s, err := spaces.Read(path)
		if err != nil {
			return nil, nil, err
		}
		return s.Samples, s.Points, nil
	})
}

// principal answers with the map by principal components.
func (b *Resources) principal(ctx context.Context, in *pointsQuery) (http.HandlerFunc, error) {
	revision, _, err := b.store.Spaces.Revision(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	return tagged("pca-"+revision, in.IfNone, func() ([]int64, []float32, error) {
		x, err := b.take(ctx, in.Evaluation)
		if err != nil {
			return nil, nil, err
		}
		defer b.release(x)
		points, err := x.principal()
		return x.embeddings.IDs, points, err
	})
}

// tagged answers with points, unless the caller has them.
func tagged(tag, had string, read func() ([]int64, []float32, error)) (http.HandlerFunc, error) {
	tag = `"` + tag + `"`
	var data []byte
	if had != tag {
		samples, points, err := read()
		if err != nil {
			return nil, err
		}
		data = header("SLP1", len(samples), 16*len(samples))
		for _, id := range samples {
			data = binary.LittleEndian.AppendUint64(data, floatBits(id))
		}
		data = floats.Append(data, points)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "private, no-cache")
		if had == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write(data)
	}, nil
}

// header begins an answer of n images whose content has so many bytes.
func header(magic string, n, size int) []byte {
	data := append(make([]byte, 0, 16+size), magic...)
	data = binary.LittleEndian.AppendUint32(data, uint32(n))
	return append(data, make([]byte, 8)...)
}

func (b *Resources) spaceValues(ctx context.Context, in *valuesQuery) (http.HandlerFunc, error) {
	of, err := in.Selected()
	if err != nil {
		return nil, err
	}
	x, err := b.take(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	defer b.release(x)
	all, err := b.store.Results.Outcomes(ctx, in.Evaluation, slice.Slice{})
	if err != nil {
		return nil, err
	}
	groups, err := b.groups(ctx, x, in.Evaluation, of)
	if err != nil {
		return nil, err
	}
	if len(all) != x.Len() {
		return nil, route.Conflict(fmt.Errorf("predictions of %s have changed meanwhile: ask again", in.Evaluation))
	}
	data := header("SLV1", len(all), 13*len(all))
	for _, o := range all {
		data = binary.LittleEndian.AppendUint32(data, uint32(int32(o.Label)))
	}
	confidences := make([]float32, len(all))
	for i, o := range all {
		confidences[i] = o.Confidence
		if float64(o.Confidence) < of.Threshold() {
			o.Predicted = -1
		}
		data = binary.LittleEndian.AppendUint32(data, uint32(int32(o.Predicted)))
	}
	data = floats.Append(data, confidences)
	for _, g := range groups {
		data = append(data, min(1, g))
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(data)
	}, nil
}
