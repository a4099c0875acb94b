package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/internal/mapwire"
	"github.com/sightline/sightline/server/api"
)

// mapOptions are the flags of map.
type mapOptions struct {
	*explainOptions
	model string
	file  modelOptions
	outs  []string
}

// mapVerb makes one map in this process alone: no workspace, no server, no worker.
func mapVerb() verb {
	return verb{name: "map", group: groupFiles, args: []argument{{name: "IMAGE"}}, needs: "--model FILE --out FILE",
		summary: "Write the saliency map of one image, without a workspace",
		about: `Makes the map in one process: no workspace, no server, no worker. --out
FILE.npy is the raw map, --out FILE.png the map over the image. Flags mean what
they mean to explain.`,
		examples: []string{"sightline map photos/cake/00.png --model model.onnx --out map.png --out map.npy"},
		define:   defineMap}
}

func defineMap(flags *pflag.FlagSet) action {
	o := &mapOptions{explainOptions: &explainOptions{options: map[string]string{}}}
	flags.StringVar(&o.model, "model", "", "the ONNX classifier (`FILE`)")
	o.file.declare(flags)
	o.mapFlags(flags, "one, such as gradcam", "one")
	flags.Func("out", "what to write (`FILE`): .npy is the raw map, .png the map over the image; may be given several times", func(path string) error {
		if ext := strings.ToLower(filepath.Ext(path)); ext != ".npy" && ext != ".png" {
			return fmt.Errorf("%s ends neither in .npy nor in .png", path)
		}
		o.outs = append(o.outs, path)
		return nil
	})
	return func(ctx context.Context, c *call) error {
		if err := o.check(); err != nil {
			return err
		}
		return c.mapImage(ctx, c.args[0], o)
	}
}

// check refuses what lacks something, or asks for more than one map.
func (o *mapOptions) check() error {
	switch {
	case o.model == "":
		return usageError{"missing --model FILE"}
	case len(o.outs) == 0:
		return usageError{"missing --out FILE.npy or FILE.png"}
	case len(o.methods) > 1 || len(o.targets) > 1:
		return usageError{"one map has one method and one target; `sightline explain` makes several"}
	}
	if len(o.methods) == 0 {
		o.methods = []string{defaultMethod}
	}
	return nil
}

func (c *call) mapImage(ctx context.Context, path string, o *mapOptions) error {
	var running atomic.Bool // then progress is shown
	opening := func() string {
		if running.Load() {
			return ""
		}
		return "opening " + filepath.Base(o.model)
	}
	return c.waiting(ctx, opening, func() error {
		model, err := o.file.quick(ctx, o.model)
		if err != nil {
			return err
		}
		defer model.Close()
		im, err := readImage(path)
		if err != nil {
			return err
		}
		show := newProgress(c.stderr)
		tell := show.snapshots("Explain " + filepath.Base(path) + " by " + o.methods[0])
		m, predicted, err := explainImage(ctx, model, im, o, func(s attribution.Snapshot) {
			running.Store(true)
			tell(s)
		})
		show.clear()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := o.write(im, m); err != nil {
			return err
		}
		return c.showMap(m, predicted, model.Spec(), o)
	})
}

func readImage(path string) (*imaging.Image, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the image: %w", err)
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return im, nil
}

// explainImage makes the map, and tells which class the model takes the image for.
func explainImage(ctx context.Context, model *classifier.Classifier, im *imaging.Image, o *mapOptions, progress func(attribution.Snapshot)) (*attribution.Map, int, error) {
	targets, err := chooseTargets(api.Evaluation{Classes: model.Spec().Classes}, o.targets)
	if err != nil {
		return nil, 0, err
	}
	r := attribution.Request{Seed: o.seed, Truth: attribution.NoTruth, Input: make([]float32, model.InputLen())}
	method, err := methods.All().Configure(o.methods[0], o.options, &model.Spec().Preprocessing, &r)
	if err != nil {
		return nil, 0, err
	}
	if r.Target, err = attribution.ParseTarget(targets[0]); err != nil {
		return nil, 0, err
	}
	if r.Geometry, err = model.Preprocess(im, r.Input); err != nil {
		return nil, 0, err
	}
	m, err := attribution.Explain(ctx, method, model, r, progress)
	if errors.Is(err, attribution.ErrNoTruth) {
		err = errors.New("a single image has no label, so there is no true class: choose predicted, contrast or a class")
	}
	if err != nil {
		return nil, 0, err
	}
	predicted, err := predictedClass(ctx, model, m, r)
	return m, predicted, err
}

// predictedClass is the class that the model takes the image for. Most maps know it; else
// the whole model is opened, which takes its weights' memory once more.
func predictedClass(ctx context.Context, model *classifier.Classifier, m *attribution.Map, r attribution.Request) (int, error) {
	if r.Target.Kind != attribution.OneClass {
		return m.TargetIndex, nil
	}
	scores, err := model.Score(ctx, r.Input, 1)
	if err != nil {
		return 0, err
	}
	return largest(scores), nil
}

// largest is the index of the largest score.
func largest(scores []float32) int {
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	return best
}

// write writes the files that are asked for; a map that means nothing is not drawn.
func (o *mapOptions) write(im *imaging.Image, m *attribution.Map) error {
	for _, path := range o.outs {
		var err error
		switch {
		case strings.ToLower(filepath.Ext(path)) == ".npy":
			err = writeFile(path, func(f *os.File) error { return m.WriteNPY(f) })
		case m.Degenerate != "":
			err = fmt.Errorf("the map is %s; it is not drawn, as it means nothing", m.Degenerate)
		default:
			err = writeOverlay(im.Upright(), m, o.colours, path)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// writeOverlay draws a map over its image.
func writeOverlay(im *imaging.Image, m *attribution.Map, colours, path string) error {
	m = m.Summed()
	drawn, err := drawing.Overlay(im, m.Values, m.Width, m.Height, m.Geometry, drawing.Options{ColourMap: colours})
	if err != nil {
		return err
	}
	encoded, err := drawing.PNG(drawn)
	if err != nil {
		return err
	}
	return writeBytes(path, encoded)
}

func (c *call) showMap(m *attribution.Map, predicted int, spec *classifier.Spec, o *mapOptions) error {
	e := mapEntry{Path: c.args[0], MapHeader: api.MapHeader{MapMeta: mapwire.Meta(m), TargetName: spec.Classes[m.TargetIndex], Options: o.options}}
	low, high := m.Range()
	e.Min, e.Max = float64(low), float64(high)
	if m.MinusIndex >= 0 {
		e.MinusName = spec.Classes[m.MinusIndex]
	}
	for _, path := range o.outs {
		if strings.ToLower(filepath.Ext(path)) == ".npy" {
			e.Map = path
		} else {
			e.Overlay = path
		}
	}
	e.Note = shortfall(e.MapMeta)
	if c.json {
		return c.document(struct {
			mapEntry
			Predicted      string `json:"predicted"`
			PredictedIndex int    `json:"predicted_index"`
		}{e, spec.Classes[predicted], predicted})
	}
	for _, warning := range spec.Warnings {
		fmt.Fprintf(c.stderr, "%s\n", warning)
	}
	fmt.Fprintf(c.stdout, "%s: predicted %s\n", c.args[0], spec.Classes[predicted])
	if m.Degenerate != "" {
		fmt.Fprintf(c.stderr, "%s: the map is %s; it means nothing\n", c.args[0], m.Degenerate)
	}
	if e.Note != "" {
		fmt.Fprintln(c.stderr, e.Note)
	}
	fmt.Fprintf(c.stdout, "%s: %s of %s, score %.3f, %d×%d cells, in %s\n", c.args[0], m.Method, e.explained(), m.Score, m.Width, m.Height, strings.Join(o.outs, " and "))
	return nil
}

// snapshots shows how a map gets on that this process makes, in runs of the model of
// those that it takes at most.
func (p *progress) snapshots(title string) func(attribution.Snapshot) {
	started := p.now()
	return func(s attribution.Snapshot) {
		job := api.Job{Title: title, Items: s.Total, Done: s.Done}
		if seconds := p.now().Sub(started).Seconds(); seconds > 0 && s.Done > 0 {
			job.Rate = float64(s.Done) / seconds
			job.ETASeconds = float64(s.Total-s.Done) / job.Rate
		}
		p.update(job)
	}
}
