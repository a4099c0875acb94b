package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

func explainVerb() verb {
	return verb{name: "explain", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Write saliency maps, overlays and what they say of regions, for an evaluation's samples",
		about:   explainAbout,
		examples: []string{
			"sightline explain groceries my-model --label cake --predicted chocolate --out maps",
			"sightline explain groceries my-model --slice 'label=cake&predicted=!cake&confidence=0.1-' --out maps",
			"sightline explain groceries my-model --method gradient,occlusion --target predicted,contrast --trust --limit 2 --out maps",
			"sightline explain groceries my-model --method occlusion --option occlusion.grid=4 --limit 1",
			"sightline explain groceries my-model --no-overlays --out arrays",
		},
		define: defineExplain}
}

const explainAbout = `Makes a map of every sample, method and target of an evaluation; ` + "`sightline\nmethods` lists the methods, `sightline methods NAME` describes one" + `. --out DIR
receives

  <sample>.<method>.<target>.npy   the map: float32, raw and signed, at the method's own resolution
  <sample>.<method>.<target>.png   the map over the image; none with --no-overlays
  index.json                       a list of {path, map, overlay, method, target, target_index, score, geometry,
                                   seconds, degenerate, verdict, insertion, deletion, …}
  regions.parquet                  one row per map and region: sample, path, split, label, predicted, method,
                                   options, target, explained, minus, score, region, builtin, share (of the
                                   positive attribution that lies inside), area (of what the model saw), ratio,
                                   negative, hottest, degenerate, verdict, insertion, deletion, seed
  summary.json                     per method and target: verdicts, and the mean share of each region with its
                                   95 % interval over the maps that are not red

Regions are the dataset's, and of every image: border (a tenth of each side),
center (the middle half of each side), corners (a quarter of each side, all four of
them), and a grid of 3×3 cells, "grid ROW,COLUMN".

--label, --predicted and --split choose the samples, and so does --slice, by any
criteria: 'label=cake,pie&confidence=0.7-&correct=false' (docs/slices.md, and the
query of a page's address). --target is predicted, true, contrast (predicted minus true; on a right prediction, predicted minus
runner-up) or a class by its name. --option NAME=VALUE sets the methods that
have it, METHOD.NAME=VALUE one. --trust assesses every map by insertion and
deletion. --memory SIZE bounds the memory of the runs. geometry.matrix maps
cells of the map to pixels of the image as displayed.`

func defineExplain(flags *pflag.FlagSet) action {
	o := explainFlags(flags)
	return func(ctx context.Context, c *call) error {
		if len(o.methods) == 0 {
			o.methods = []string{defaultMethod}
		}
		if err := c.haveWorkspace(); err != nil {
			return err
		}
		return withBudget(ctx, c, o.memory, func(s *session) error { return s.explain(ctx, c.args[0], c.args[1], o) })
	}
}

func (s *session) explain(ctx context.Context, dataset, model string, o *explainOptions) error {
	if err := s.checkColours(ctx, o.colours); err != nil {
		return err // known before maps are made, which may take hours
	}
	e, err := s.findEvaluation(ctx, dataset, model)
	if err != nil {
		return err
	}
	selected, err := o.selected(e)
	if err != nil {
		return err
	}
	if o.targets, err = chooseTargets(e, o.targets); err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("creating the folder of maps: %w; choose one that can be written with --out DIR", err)
	}
	defer os.Remove(o.out) // goes only if nothing was written
	samples, err := s.chosenSamples(ctx, e, selected, o)
	if err != nil {
		return err
	}
	job, err := s.Explain(ctx, o.request(e, selected))
	if err != nil {
		return err
	}
	if _, err := s.follow(ctx, job); err != nil {
		return err
	}
	return s.writeMaps(ctx, e, selected.String(), samples, o)
}

// checkColours refuses a colour map that the server does not have.
func (s *session) checkColours(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	known, err := s.Methods(ctx)
	if err == nil && !slices.Contains(known.Colours, name) {
		err = usageError{fmt.Sprintf("--colours: unknown colour map %q: use one of %s", name, strings.Join(known.Colours, ", "))}
	}
	return err
}

// findEvaluation returns the evaluation of a model on a dataset.
func (s *session) findEvaluation(ctx context.Context, dataset, model string) (api.Evaluation, error) {
	list, err := s.Evaluations(ctx)
	if err != nil {
		return api.Evaluation{}, err
	}
	for _, e := range list {
		if e.Dataset == dataset && e.Model == model {
			return s.Evaluation(ctx, e.ID, "")
		}
	}
	return api.Evaluation{}, fmt.Errorf("%s has not been evaluated on %s: run `sightline evaluate %s %s` first", model, dataset, dataset, model)
}

// selected is what --label, --predicted, --split and --slice choose together.
func (o *explainOptions) selected(e api.Evaluation) (slice.Slice, error) {
	s, err := slice.Parse(o.slice)
	if err != nil {
		return s, usageError{"--slice: " + err.Error()}
	}
	if s, err = s.Resolve(e.Classes); err != nil {
		return s, fmt.Errorf("--slice: %w", err)
	}
	for _, flag := range []struct{ criterion, class string }{{"label", o.label}, {"predicted", o.predicted}} {
		class, err := classIndex(e, "--"+flag.criterion, flag.class)
		if err != nil {
			return s, err
		}
		if class != nil {
			if s, err = s.And(slice.Equal(flag.criterion, slice.Class(*class))); err != nil {
				return s, usageError{"--" + flag.criterion + " and --slice: " + err.Error()}
			}
		}
	}
	if o.split != "" {
		if s, err = s.And(slice.Equal("split", slice.Named(o.split))); err != nil {
			return s, usageError{"--split and --slice: " + err.Error()}
		}
	}
	return s, nil
}

// classIndex finds a class by its name, or by a name that differs in case,
// spaces and underscores only; "" gives nil.
func classIndex(e api.Evaluation, flagName, name string) (*int, error) {
	if name == "" {
		return nil, nil
	}
	index, err := slice.FindClass(e.Classes, name)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", flagName, name, err)
	}
	return &index, nil
}

// chosenSamples lists the samples to explain, in the order of their paths.
func (s *session) chosenSamples(ctx context.Context, e api.Evaluation, selected slice.Slice, o *explainOptions) ([]api.Sample, error) {
	const page = 1000 // the most that the server gives
	var all []api.Sample
	for {
		list, err := s.Samples(ctx, e.ID, selected.String(), "path", len(all), page)
		if err != nil {
			return nil, err
		}
		all = append(all, list.Samples...)
		if o.limit > 0 && len(all) >= o.limit {
			return all[:o.limit], nil
		}
		if len(all) >= list.Total || len(list.Samples) == 0 {
			break
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no samples of %s match (%s): check --label, --predicted, --split and --slice", e.ID, selected.Sentence(e.Classes))
	}
	return all, nil
}
