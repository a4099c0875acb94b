package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/workspace"
)

// adoptInput is an evaluation, and how to adopt what was found for it.
type adoptInput struct {
	route.EvaluationPath
	Body api.AdoptRequest
}

func (b *backend) adoptionRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/probe", "get-evaluation-probe", "Tell how an evaluation's images were prepared, and what was measured of that", func(ctx context.Context, in *route.EvaluationPath) (api.EvaluationProbe, error) {
		return b.evaluationProbe(ctx, in.Evaluation)
	})
	route.Streamed(a, "GET /api/evaluations/{id}/probe/events", "probe-evaluation", "Find out by measuring how an evaluation's images were prepared, unless that is known, with progress",
		map[string]any{"progress": api.MeasureProgress{}, "done": api.Probe{}, "error": api.StreamError{}}, b.watchEvaluationProbe)
	route.Accepted(a, "POST /api/evaluations/{id}/probe", "adopt-probe", "Add the model once more with the settings found, and evaluate it", func(ctx context.Context, in *adoptInput) (api.Job, error) {
		return b.adoptProbe(ctx, in.Evaluation, in.Body.Name)
	})
}

func (b *backend) watchEvaluationProbe(ctx context.Context, in *route.EvaluationPath) (func(context.Context, func(route.Event) error), error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	spec, err := classifier.ParseSpec(e.Spec)
	if err != nil {
		return nil, err
	}
	return route.Watched(func(ctx context.Context, progress func(task.Progress) error) (api.Probe, error) {
		found, err := b.probing.ProbeOnce(ctx, e, progress)
		if err != nil {
			return api.Probe{}, err
		}
		return probed(e.Dataset, e.Model, spec, found), nil
	}), nil
}

// probedEvaluation is an evaluation with what a probe of it found.
type probedEvaluation struct {
	*results.Evaluation
	spec  *classifier.Spec
	found *probe.Answer
}

// adopts says whether a model's settings are those that the probe found.
func (p probedEvaluation) adopts(spec *classifier.Spec) bool {
	classes := p.found.Names
	if len(classes) == 0 {
		classes = p.spec.Classes
	}
	return spec.Measured() && spec.SHA256 == p.spec.SHA256 && spec.Preprocessing.Document() == p.found.Chosen.Preprocessing.Document() && slices.Equal(spec.Classes, classes)
}

// probeOf reads what a probe of an evaluation found, nil if there was none.
func (b *backend) probeOf(ctx context.Context, e *results.Evaluation) (*probedEvaluation, error) {
	found, err := b.probing.Known(ctx, e.ID)
	if found == nil || err != nil {
		return nil, err
	}
	spec, err := classifier.ParseSpec(e.Spec)
	return &probedEvaluation{e, spec, found}, err
}

func (b *backend) evaluationProbe(ctx context.Context, id string) (out api.EvaluationProbe, err error) {
	e, err := b.store.Results.Evaluation(ctx, id)
	if err != nil {
		return out, err
	}
	spec, err := classifier.ParseSpec(e.Spec)
	if err != nil {
		return out, err
	}
	of, err := b.probeOf(ctx, e)
	if err != nil {
		return out, err
	}
	out.Settings = "stated"
	switch {
	case spec.Measured():
		out.Settings = "measured"
		before, berr := b.probedBefore(ctx, e, spec)
		if err = berr; before != nil {
			of = before
		}
	case spec.Guessed():
		out.Settings = "guessed"
		if of == nil {
			out.Wanted, err = b.measurable(ctx, e)
		}
	}
	if of == nil || err != nil {
		return out, err
	}
	found := probed(of.Dataset, of.Model, of.spec, of.found)
	out.Of, out.Found = of.ID, &found
	out.Adopted, out.Now, err = b.adoption(ctx, of)
	return out, err
}

// measurable says whether an evaluation is done, with the settings that its model has now, and
// has labelled samples enough for a probe.
func (b *backend) measurable(ctx context.Context, e *results.Evaluation) (bool, error) {
	m, err := b.store.Catalog.Model(ctx, e.Model)
	if err != nil || e.State != results.EvaluationDone || !results.SameSettings(e.Spec, m.Spec) {
		return false, err
	}
	s, err := b.store.Results.Summary(ctx, e.ID, slice.Slice{})
	if err != nil {
		return false, err
	}
	return s.Labelled >= suspectSamples, nil
}

// probedBefore finds the evaluation whose probe found an evaluation's settings, nil if it is
// gone.
func (b *backend) probedBefore(ctx context.Context, e *results.Evaluation, spec *classifier.Spec) (*probedEvaluation, error) {
	list, err := b.store.Results.OnDataset(ctx, e.Dataset)
	for i := range list {
		if list[i].ID == e.ID {
			continue
		}
		of, err := b.probeOf(ctx, &list[i])
		if err != nil || of != nil && of.adopts(spec) {
			return of, err
		}
	}
	return nil, err
}

// adoption finds the model that has what a probe found, and its evaluation on the dataset.
func (b *backend) adoption(ctx context.Context, of *probedEvaluation) (model, evaluation string, err error) {
	list, err := b.store.Catalog.ModelsOfFile(ctx, of.spec.SHA256)
	for _, m := range list {
		if m.Name == of.Model {
			continue
		}
		spec, err := classifier.ParseSpec(m.Spec)
		if err != nil {
			return "", "", err
		}
		if !of.adopts(spec) {
			continue
		}
		id := results.EvaluationID(of.Dataset, m.Name)
		if e, err := b.store.Results.Evaluation(ctx, id); err == nil && e.Model == m.Name && e.Dataset == of.Dataset {
			return m.Name, id, nil
		}
		model = m.Name
	}
	return model, "", err
}

// adoptProbe adds an evaluation's model once more with the settings that its probe found, and
// evaluates it.
func (b *backend) adoptProbe(ctx context.Context, id, name string) (api.Job, error) {
	e, err := b.store.Results.Evaluation(ctx, id)
	if err != nil {
		return api.Job{}, err
	}
	of, err := b.probeOf(ctx, e)
	if err != nil {
		return api.Job{}, err
	}
	if of == nil || !toProbe(of.found).Clear || !toProbe(of.found).Better {
		return api.Job{}, route.Conflict(fmt.Errorf("no probe of %s found settings that are clear and better: see `sightline model probe %s %s`", id, shell(e.Dataset), shell(e.Model)))
	}
	if name == "" {
		if name, err = b.freeName(ctx, of); err != nil {
			return api.Job{}, err
		}
	}
	found := probed(of.Dataset, of.Model, of.spec, of.found)
	m, err := b.inspect.AddVariant(ctx, of.Model, name, of.found.Chosen.Preprocessing, of.found.Names, found.Source)
	if err != nil {
		return api.Job{}, err
	}
	return wire.JobResult(b.evaluating.Start(ctx, of.Dataset, m.Name, nil))
}

// freeName is that of the model that has adopted already, or one that no other model has.
func (b *backend) freeName(ctx context.Context, of *probedEvaluation) (string, error) {
	name, _, err := b.adoption(ctx, of)
	if name != "" || err != nil {
		return name, err
	}
	name = of.Model + measured
	for n := 2; ; n++ {
		if _, err := b.store.Catalog.Model(ctx, name); errors.Is(err, workspace.ErrNotFound) {
			return name, nil
		} else if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s%s-%d", of.Model, measured, n)
	}
}
