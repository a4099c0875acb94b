package saliency

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/internal/mapwire"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// MapQuery asks for the attribution map of a sample.
type MapQuery struct {
	route.SamplePath
	Method string `query:"method" default:"auto" doc:"How the map is made; see /api/methods"`
	Target string `query:"target" default:"predicted" doc:"What is explained: predicted, true, contrast or class:INDEX"`
	Seed   uint64 `query:"seed" doc:"For methods that sample"`

	Option []string `query:"option,explode" doc:"NAME=VALUE, a setting of the method; may be repeated. /api/methods lists them" example:"[\"scaling=published\"]"`
}

// options says which map is asked for, or what is wrong with the question.
func (in *MapQuery) options() (explain.MapOptions, error) {
	options, err := settings(in.Option)
	if err != nil {
		return explain.MapOptions{}, err
	}
	return checked(explain.MapOptions{Method: in.Method, Target: in.Target, Seed: in.Seed, Options: options})
}

// settings reads NAME=VALUE.
func settings(list []string) (map[string]string, error) {
	options := map[string]string{}
	for _, option := range list {
		name, value, ok := strings.Cut(option, "=")
		if !ok {
			return nil, route.BadRequest(fmt.Errorf("option %q: must be NAME=VALUE, such as scaling=published", option))
		}
		options[name] = value
	}
	return options, nil
}

// mapOptions are those of a question about a sample; a class that the model does
// not have, or the true class of a sample that has none, is refused.
func (b *Resources) mapOptions(ctx context.Context, in *MapQuery) (explain.MapOptions, error) {
	o, err := in.options()
	if err != nil {
		return o, err
	}
	if err := b.checkTarget(ctx, in.Evaluation, o.Target); err != nil {
		return o, err
	}
	if o, err = b.maps.Resolve(ctx, in.Evaluation, o); err != nil || o.Target != string(attribution.True) {
		return o, err
	}
	p, err := b.store.Results.Prediction(ctx, in.Evaluation, in.Sample)
	if err == nil && p.Truth < 0 {
		return o, route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("explain the true class: %w; choose another target", attribution.ErrNoTruth))
	}
	return o, err
}

// checkTarget refuses classes that the evaluation does not have.
func (b *Resources) checkTarget(ctx context.Context, evaluation, target string) error {
	t, err := attribution.ParseTarget(target)
	if err != nil {
		return route.BadRequest(err)
	}
	e, err := b.store.Results.Evaluation(ctx, evaluation)
	if err == nil && t.Kind == attribution.OneClass && t.Class >= len(e.Classes) {
		return route.BadRequest(fmt.Errorf("target %s: the classes of %s are 0 to %d", target, e.ID, len(e.Classes)-1))
	}
	return err
}

// checked refuses methods, targets and options that do not exist.
func checked(o explain.MapOptions) (explain.MapOptions, error) {
	o, err := o.Normal()
	if err != nil {
		return o, route.BadRequest(err)
	}
	return o, nil
}

func (b *Resources) mapRoutes(a huma.API) {
	route.JSON(a, "GET /api/methods", "list-methods", "List the saliency methods", func(context.Context, *route.None) (api.MethodList, error) {
		return api.MethodList{Methods: wire.List(methods.All(), func(m attribution.Method) api.Method { return toMethod(m.Card()) }), Colours: drawing.ColourMaps()}, nil
	})
	route.JSON(a, "GET /api/evaluations/{id}/automatic", "get-automatic", "The method that auto means for the evaluation's model, chosen if need be", b.automatic)
	route.JSON(a, "GET /api/evaluations/{id}/unfit", "list-unfit-methods", "The methods that cannot work on the evaluation's model, and why", b.unfit)
	route.Raw(a, "GET /api/evaluations/{id}/samples/{sample}/map", "get-map", "Attribution map of a sample, computed if need be", "application/octet-stream",
		"Little-endian float32 values, row by row, raw and signed (with channels=keep, in the model's own input layout). X-Sightline-Map holds a MapHeader as JSON.", b.attributionMap)
	route.Streamed(a, "GET /api/evaluations/{id}/samples/{sample}/map/events", "watch-map", "Attribution map of a sample while it sharpens",
		map[string]any{"progress": api.MeasureProgress{}, "snapshot": api.MapSnapshot{}, "done": api.MapDone{}, "error": api.StreamError{}}, b.watchMap)
	route.Accepted(a, "POST /api/explanations", "explain", "Make the attribution maps of many samples", func(ctx context.Context, in *struct{ Body api.ExplainRequest }) (api.Job, error) {
		return b.explain(ctx, in.Body)
	})
}

func (b *Resources) automatic(ctx context.Context, in *route.EvaluationPath) (api.AutomaticMethod, error) {
	choice, err := b.maps.Choice(ctx, in.Evaluation)
	return wire.Answered(choice, func(c explain.Choice) api.AutomaticMethod {
		return api.AutomaticMethod{Method: c.Method, Reason: c.Reason, Rule: c.Rule}
	}, err)
}

func (b *Resources) unfit(ctx context.Context, in *route.EvaluationPath) (api.UnfitMethods, error) {
	found, err := b.maps.Unfit(ctx, in.Evaluation)
	return api.UnfitMethods{Methods: found}, err
}

func toMethod(c attribution.Card) api.Method {
	return api.Method{
		Name: c.Name, Title: c.Title, Family: c.Family, Description: c.Description, Cost: c.Cost, Failures: c.Failures, Paper: c.Paper,
		Interactive: c.Interactive, Streams: c.Streams, ClassAgnostic: c.ClassAgnostic, NeedsGradient: c.NeedsGradient,
		Options: wire.List(c.Options, func(o attribution.Option) api.MethodOption { return api.MethodOption(o) }),
	}
}

// toHeader describes a map; classes are the names of the model's classes.
func toHeader(m *attribution.Map, o explain.MapOptions, classes []string) api.MapHeader {
	low, high := m.Range()
	meta := mapwire.Meta(m)
	meta.Reason = o.Reason // of this question: the map may have been made for another
	return api.MapHeader{
		MapMeta: meta, TargetName: wire.NameAt(classes, m.TargetIndex), MinusName: wire.NameAt(classes, m.MinusIndex),
		Options: o.Options, Min: float64(low), Max: float64(high),
	}
}

func (b *Resources) attributionMap(ctx context.Context, in *MapQuery) (http.HandlerFunc, error) {
	o, err := b.mapOptions(ctx, in)
	if err != nil {
		return nil, err
	}
	m, err := b.findMap(ctx, in.SamplePath, o, nil)
	if err != nil {
		return nil, err
	}
	header, err := wire.HeaderText(m.header)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("X-Sightline-Map", header)
		_, _ = w.Write(floats.Bytes(m.m.Values))
	}, nil
}

func (b *Resources) watchMap(ctx context.Context, in *MapQuery) (func(context.Context, func(route.Event) error), error) {
	o, err := b.mapOptions(ctx, in)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, send func(route.Event) error) {
		m, err := b.findMap(ctx, in.SamplePath, o, func(m *foundMap, p task.Progress) error {
			if err := send(route.Event{Name: "progress", Data: route.Progress(p)}); err != nil || m == nil {
				return err
			}
			return send(route.Event{Name: "snapshot", Data: api.MapSnapshot(m.message())})
		})
		if err != nil {
			_ = send(route.Failure(err))
			return
		}
		_ = send(route.Event{Name: "done", Data: m.message()})
	}, nil
}

// foundMap is a map as it travels.
type foundMap struct {
	header api.MapHeader
	m      *attribution.Map
	drawn  []byte // the map over its image, a PNG, where it was drawn
}

func (m foundMap) message() api.MapDone {
	return api.MapDone{MapHeader: m.header, Values: base64.StdEncoding.EncodeToString(floats.Bytes(m.m.Values))}
}
