package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/tasks/explain"
)

// DrawnQuery asks for maps of a sample as files: every method with every target.
type DrawnQuery struct {
	SamplePath
	Method  []string `query:"method,explode" doc:"How the maps are made; may be repeated. See /api/methods"`
	Target  []string `query:"target,explode" doc:"What they explain: predicted, true, contrast or class:INDEX; may be repeated"`
	Seed    uint64   `query:"seed" doc:"For methods that sample"`
	Option  []string `query:"option,explode" doc:"NAME=VALUE for all methods that have it, or METHOD.NAME=VALUE; may be repeated"`
	Colours string   `query:"colours" doc:"Name of the colour map; default: one that fits the map. /api/methods lists them"`
}

func (b *backend) drawnRoutes(a huma.API) {
	raw(a, "GET /api/evaluations/{id}/samples/{sample}/drawn", "get-drawn", "Maps of a sample as files, computed if need be: NumPy arrays, and drawn over the image", "multipart/mixed",
		"For each map a part application/x-npy (raw, signed float32) and, unless it means nothing, one image/png, the map over the image as displayed. "+
			"X-Sightline-Map holds a MapHeader as JSON, X-Sightline-Asked its method (what was chosen, for auto) and the target that was asked for. A map that cannot be had is a part application/problem+json.", b.drawn)
}

// drawnPage is how many maps of a sample are held, and drawn over an image that is
// decoded once.
const drawnPage = 16

func (b *backend) drawn(ctx context.Context, in *DrawnQuery) (http.HandlerFunc, error) {
	list, err := b.drawnRequests(ctx, in)
	if err != nil {
		return nil, err
	}
	s, err := b.store.Catalog.Sample(ctx, in.Sample)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		parts := multipart.NewWriter(w)
		w.Header().Set("Content-Type", "multipart/mixed; boundary="+parts.Boundary())
		for page := range slices.Chunk(list, drawnPage) {
			if b.sendDrawn(r.Context(), parts, in, s, page) != nil {
				return // the stream ends without its last boundary: the client sees that it is cut off
			}
		}
		_ = parts.Close()
	}, nil
}

// drawnRequests lists the maps that are asked for, and refuses what cannot be.
func (b *backend) drawnRequests(ctx context.Context, in *DrawnQuery) ([]explain.MapOptions, error) {
	if _, err := drawing.NewColourMap(in.Colours); err != nil && in.Colours != "" {
		return nil, badRequest(err)
	}
	options, err := settings(in.Option)
	if err != nil {
		return nil, err
	}
	list, err := explain.Requests(in.Method, in.Target, in.Seed, options)
	if err != nil {
		return nil, badRequest(err)
	}
	for _, o := range list {
		if err := b.checkTarget(ctx, in.Evaluation, o.Target); err != nil {
			return nil, err
		}
	}
	return b.maps.ResolveAll(ctx, in.Evaluation, list)
}

// sendDrawn sends a few maps; those that cannot be had are told as problems. An error is
// one of sending.
func (b *backend) sendDrawn(ctx context.Context, parts *multipart.Writer, in *DrawnQuery, s *catalog.Sample, requests []explain.MapOptions) error {
	found, errs := make([]foundMap, len(requests)), make([]error, len(requests))
	var meant []int // those that are drawn
	var list []*attribution.Map
	for i, o := range requests {
		found[i], errs[i] = b.findMap(ctx, in.SamplePath, o, nil)
		if errs[i] == nil && found[i].header.Degenerate == "" {
			meant, list = append(meant, i), append(list, found[i].m)
		}
	}
	drawing := b.maps.Draw(ctx, s, in.Colours, list, func(i int, png []byte) error {
		found[meant[i]].drawn = png
		return nil
	})
	for _, i := range meant {
		if found[i].drawn == nil {
			errs[i] = drawing
		}
	}
	for i, f := range found {
		if err := sendParts(parts, requests[i], f, errs[i]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// sendParts sends one map, or what is wrong with it.
func sendParts(parts *multipart.Writer, o explain.MapOptions, f foundMap, failed error) error {
	if failed != nil {
		f.header = api.MapHeader{}
		content, _ := json.Marshal(failure(failed).data) // a struct of a number and a text
		return sendPart(parts, o, "application/problem+json", f.header, content)
	}
	var npy bytes.Buffer
	if err := f.m.WriteNPY(&npy); err != nil {
		return err
	}
	if err := sendPart(parts, o, "application/x-npy", f.header, npy.Bytes()); err != nil || f.drawn == nil {
		return err
	}
	return sendPart(parts, o, "image/png", f.header, f.drawn)
}

func sendPart(parts *multipart.Writer, o explain.MapOptions, contentType string, header api.MapHeader, content []byte) error {
	text, err := headerText(header)
	if err != nil {
		return err
	}
	part, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {contentType}, "X-Sightline-Map": {text}, "X-Sightline-Asked": {o.Method + " " + o.Target}})
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		return fmt.Errorf("sending a map: %w", err)
	}
	return nil
}
