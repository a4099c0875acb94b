package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/workspace"
)

// probePath names a dataset and a model.
type probePath struct {
	Dataset string `path:"name" doc:"The dataset"`
	Model   string `path:"model" doc:"The model"`
}

// variantInput is a model and what to make of it.
type variantInput struct {
	Model string `path:"name" doc:"The model"`
	Body  api.VariantRequest
}

func (b *backend) probeRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/probe/{model}", "probe-model", "Find out by measuring how a model's images were prepared", func(ctx context.Context, in *probePath) (api.Probe, error) {
		return b.probeModel(ctx, in, nil)
	})
	route.Streamed(a, "GET /api/datasets/{name}/probe/{model}/events", "watch-probe", "The same, with progress",
		map[string]any{"progress": api.MeasureProgress{}, "done": api.Probe{}, "error": api.StreamError{}}, b.watchProbe)
	route.JSON(a, "POST /api/models/{name}/variants", "add-variant", "Add a model once more, with settings found by measuring", func(ctx context.Context, in *variantInput) (api.Model, error) {
		return b.addVariant(ctx, in.Model, in.Body)
	})
	b.adoptionRoutes(a)
}

func (b *backend) watchProbe(ctx context.Context, in *probePath) (func(context.Context, func(route.Event) error), error) {
	if _, err := b.store.Catalog.Dataset(ctx, in.Dataset); err != nil {
		return nil, err
	}
	if _, err := b.store.Catalog.Model(ctx, in.Model); err != nil {
		return nil, err
	}
	return route.Watched(func(ctx context.Context, progress func(task.Progress) error) (api.Probe, error) {
		return b.probeModel(ctx, in, progress)
	}), nil
}

func (b *backend) probeModel(ctx context.Context, in *probePath, progress func(task.Progress) error) (api.Probe, error) {
	m, err := b.store.Catalog.Model(ctx, in.Model)
	if err != nil {
		return api.Probe{}, err
	}
	spec, err := classifier.ParseSpec(m.Spec)
	if err != nil {
		return api.Probe{}, err
	}
	found, err := b.probing.Probe(ctx, in.Dataset, in.Model, progress)
	if err != nil {
		return api.Probe{}, err
	}
	return probed(in.Dataset, in.Model, spec, found), nil
}

// probed tells what a probe of a dataset and a model with these settings found.
func probed(dataset, model string, spec *classifier.Spec, found *probe.Answer) api.Probe {
	out := toProbe(found)
	out.Dataset, out.Model, out.Guessed = dataset, model, spec.Guessed()
	out.Verdict = verdict(out)
	out.Source = fmt.Sprintf("%s on %d samples of %s (%s)", classifier.MeasuredSource, out.Samples, dataset, out.On)
	if out.Clear && out.Better {
		out.Command = adopting(out, spec, found.Chosen.Preprocessing)
	}
	return out
}

func toProbe(f *probe.Answer) api.Probe {
	return api.Probe{
		Clear: f.Clear, Better: f.Gain.Known && f.Gain.Low > 0, Undecided: f.Undecided, Rival: f.Rival, Guessing: f.Guessing,
		On: f.On, Reported: f.Reported, Samples: f.Samples, LeftOut: f.LeftOut, Runs: f.Runs, Seconds: f.Seconds,
		Hints: wire.Listed(f.Hints), Chosen: toProbeCandidate(f.Chosen), Present: toProbeCandidate(f.Present), Gain: wire.Estimate(f.Gain),
		Order: f.Order, Classes: wire.Listed(f.Names), Candidates: wire.List(f.Candidates, toProbeCandidate),
	}
}

func toProbeCandidate(c probe.Candidate) api.ProbeCandidate {
	out := api.ProbeCandidate{Stage: c.Stage, Name: c.Name, Samples: c.Samples, LogLoss: c.LogLoss, Accuracy: c.Accuracy,
		Difference: wire.Estimate(c.Difference), Chosen: c.Chosen, Present: c.Present}
	_ = json.Unmarshal(task.JSON(c.Preprocessing), &out.Preprocessing) // the same fields
	out.Preprocessing.ImageMean, out.Preprocessing.ImageStd = wire.Listed(out.Preprocessing.ImageMean), wire.Listed(out.Preprocessing.ImageStd)
	return out
}

// verdict says in words what came out.
func verdict(p api.Probe) string {
	on := fmt.Sprintf("%d samples (%s)", p.Samples, p.On)
	var said string
	switch {
	case p.Guessing:
		return fmt.Sprintf("Unsure: with none of the settings is the model better than guessing on %s. Are the class names in the right order, and the labels those of this model?", on)
	case !p.Clear:
		return fmt.Sprintf("Unsure: on %s, %s and %s cannot be told apart. More labelled samples would tell, or --preprocessing states it.", on, quoted(p.Chosen.Name), quoted(p.Rival))
	case p.Better:
		said = fmt.Sprintf("Found by measuring: with %s the model is right on %.1f %% of %s, with the settings it has on %.1f %%.", quoted(p.Chosen.Name), 100*p.Chosen.Accuracy, on, 100*p.Present.Accuracy)
	default:
		said = fmt.Sprintf("Nothing that was tried on %s is better than the settings the model has, as established; the usual of what fits is %s.", on, quoted(p.Chosen.Name))
	}
	if len(p.Classes) > 0 {
		said += fmt.Sprintf(" The classes are in this order: %s.", p.Order)
	}
	if p.Undecided != "" {
		said += fmt.Sprintf(" The %s cannot be told on so few: the usual is taken.", p.Undecided)
	}
	if p.Better && p.Reported {
		said += " Evaluations report figures on these samples too, so those are a little too good."
	}
	return said
}

func quoted(name string) string { return "“" + name + "”" }

// adopting is the command that adopts what was chosen.
func adopting(p api.Probe, spec *classifier.Spec, chosen imaging.Preprocessing) string {
	if len(p.Classes) > 0 || spec.Named() {
		return fmt.Sprintf("sightline model probe %s %s --adopt", shell(p.Dataset), shell(p.Model))
	}
	return fmt.Sprintf("sightline model add %s --name %s --preprocessing %s", shell(spec.Path), shell(p.Model+measured), shell(chosen.Document()))
}

// shell quotes a word for a POSIX shell where it needs that.
func shell(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+:@%,") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// measured ends the names of variants that are given none.
const measured = "-measured"

func (b *backend) addVariant(ctx context.Context, model string, r api.VariantRequest) (api.Model, error) {
	if r.Name == "" {
		r.Name = model + measured
	}
	if r.Name == model {
		return api.Model{}, route.BadRequest(fmt.Errorf("name is %q, the model's own: give another, so that its evaluations stay what they are", r.Name))
	}
	if _, err := b.store.Catalog.Model(ctx, r.Name); errors.Is(err, workspace.ErrNotFound) {
		if err := catalog.CheckName("model", r.Name); err != nil {
			return api.Model{}, err
		}
	}
	p, err := imaging.ParsePreprocessing([]byte(r.Preprocessing))
	if err != nil {
		return api.Model{}, route.BadRequest(err)
	}
	m, err := b.inspect.AddVariant(ctx, model, r.Name, p, r.Classes, r.Source)
	if errors.Is(err, classifier.ErrPreprocessing) || errors.Is(err, classifier.ErrClasses) {
		return api.Model{}, route.BadRequest(err)
	}
	if err != nil {
		return api.Model{}, err
	}
	return toModel(*m)
}
