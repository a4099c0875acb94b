package saliency

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/tasks/explain"
)

// DrawnQuery asks for maps of a sample as files: every method with every target.
type DrawnQuery struct {
	route.SamplePath
	Method  []string `query:"method,explode" doc:"How the maps are made; may be repeated. See /api/methods"`
	Target  []string `query:"target,explode" doc:"What they explain: predicted, true, contrast or class:INDEX; may be repeated"`
	Seed    uint64   `query:"seed" doc:"For methods that sample"`
	Option  []string `query:"option,explode" doc:"NAME=VALUE for all methods that have it, or METHOD.NAME=VALUE; may be repeated"`
	Colours string   `query:"colours" doc:"Name of the colour map; default: one that fits the map. /api/methods lists them"`
}

// drawnOfMany is DrawnQuery for many samples.
type drawnOfMany struct {
	route.EvaluationPath
	Body api.DrawnRequest
}

func (b *Resources) drawnRoutes(a huma.API) {
	const parts = "For each map a part application/x-npy (raw, signed float32) and, unless it means nothing, one image/png, the map over the image as displayed. " +
		"X-Sightline-Sample is the sample, X-Sightline-Map holds a MapHeader as JSON, X-Sightline-Asked its method (what was chosen, for auto) and the target that was asked for. " +
		"A map that cannot be had is a part application/problem+json."
	route.Raw(a, "GET /api/evaluations/{id}/samples/{sample}/drawn", "get-drawn", "Maps of a sample as files, computed if need be: NumPy arrays, and drawn over the image", "multipart/mixed",
		parts, b.drawn)
	route.Raw(a, "POST /api/evaluations/{id}/drawn", "get-drawn-of-many", "Maps of up to a thousand samples as files, computed if need be: NumPy arrays, and drawn over the images", "multipart/mixed",
		parts+" The maps come sample by sample, in the order asked for; with trust X-Sightline-Trust holds a MapTrust as JSON.", b.drawnOfMany)
}

func (b *Resources) drawn(ctx context.Context, in *DrawnQuery) (http.HandlerFunc, error) {
	options, err := settings(in.Option)
	if err != nil {
		return nil, err
	}
	if _, err := b.store.Catalog.Sample(ctx, in.Sample); err != nil {
		return nil, err
	}
	return b.drawnOfMany(ctx, &drawnOfMany{in.EvaluationPath, api.DrawnRequest{
		Samples: []int64{in.Sample}, Methods: in.Method, Targets: in.Target, Seed: in.Seed, Options: options, Colours: in.Colours,
	}})
}

func (b *Resources) drawnOfMany(ctx context.Context, in *drawnOfMany) (http.HandlerFunc, error) {
	requests, err := b.drawnRequests(ctx, in)
	if err != nil {
		return nil, err
	}
	page, err := b.drawnPage(ctx, in, requests)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		parts := multipart.NewWriter(w)
		w.Header().Set("Content-Type", "multipart/mixed; boundary="+parts.Boundary())
		err := inOrder(r.Context(), page.portions(), page.complete, func(p []*drawnMap) error {
			for _, m := range p {
				if err := m.send(parts); err != nil {
					return err
				}
			}
			return r.Context().Err()
		})
		if err == nil { // else the stream ends without its last boundary: the client sees that it is cut off
			_ = parts.Close()
		}
	}, nil
}

// drawnRequests lists the maps of each sample that are asked for, and refuses what cannot be.
func (b *Resources) drawnRequests(ctx context.Context, in *drawnOfMany) ([]explain.MapOptions, error) {
	if _, err := drawing.NewColourMap(in.Body.Colours); err != nil && in.Body.Colours != "" {
		return nil, route.BadRequest(err)
	}
	list, err := explain.Requests(in.Body.Methods, in.Body.Targets, in.Body.Seed, in.Body.Options)
	if err != nil {
		return nil, route.BadRequest(err)
	}
	for _, o := range list {
		if err := b.checkTarget(ctx, in.Evaluation, o.Target); err != nil {
			return nil, err
		}
	}
	return b.maps.ResolveAll(ctx, in.Evaluation, list)
}

// send sends the map, or what is wrong with it, and lets go of it.
func (m *drawnMap) send(parts *multipart.Writer) error {
	defer func() { m.foundMap = foundMap{} }()
	if m.err != nil {
		content, _ := json.Marshal(route.Failure(m.err).Data) // a struct of a number and a text
		return m.sendPart(parts, "application/problem+json", "{}", content)
	}
	about, err := wire.HeaderText(m.header)
	if err != nil {
		return err
	}
	var npy bytes.Buffer
	if err := m.m.WriteNPY(&npy); err != nil {
		return err
	}
	if err := m.sendPart(parts, "application/x-npy", about, npy.Bytes()); err != nil || m.foundMap.drawn == nil {
		return err
	}
	return m.sendPart(parts, "image/png", about, m.foundMap.drawn)
}

func (m *drawnMap) sendPart(parts *multipart.Writer, contentType, about string, content []byte) error {
	header := textproto.MIMEHeader{
		"Content-Type": {contentType}, "Content-Length": {strconv.Itoa(len(content))}, "X-Sightline-Sample": {strconv.FormatInt(m.sample, 10)},
		"X-Sightline-Map": {about}, "X-Sightline-Asked": {m.asked.Method + " " + m.asked.Target},
	}
	if m.trust != nil && m.err == nil {
		text, err := wire.HeaderText(m.trust)
		if err != nil {
			return err
		}
		header.Set("X-Sightline-Trust", text)
	}
	part, err := parts.CreatePart(header)
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		return fmt.Errorf("sending a map: %w", err)
	}
	return nil
}
