package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

// withMaps are the flags that ask for maps with an evaluation.
type withMaps struct {
	methods, targets []string
	sharedOnly       bool // leave out what needs runs of its own
}

func withMapsFlags(flags *pflag.FlagSet) *withMaps {
	o := &withMaps{}
	flags.Func("explain", "make saliency maps of all images too, by this `METHOD`, such as auto or gradcam; or by several, gradcam,layercam; none: no maps", func(text string) error {
		return addWords(&o.methods, text)
	})
	flags.Func("target", "what these maps explain (`TARGET`): predicted, true, contrast, or a class by name (default contrast and predicted)", func(text string) error {
		o.targets = append(o.targets, text)
		return nil
	})
	return o
}

// noMaps is the word for no method at all.
const noMaps = "none"

// check refuses a target of no maps, and none beside methods; none alone asks for no maps.
func (o *withMaps) check() error {
	if len(o.targets) > 0 && len(o.methods) == 0 {
		return usageError{"--target says what maps explain: name their method with --explain"}
	}
	if !slices.Contains(o.methods, noMaps) {
		return nil
	}
	if len(slices.Compact(slices.Clone(o.methods))) > 1 {
		return usageError{"--explain none leaves the maps out: name no method beside it"}
	}
	o.methods, o.targets = nil, nil
	return nil
}

// opened is check for `open`, which writes them to a folder if it is named, and makes maps
// without being asked where that costs little.
func (o *withMaps) opened(out string) error {
	none := slices.Contains(o.methods, noMaps)
	if out != "" && (none || len(o.methods) == 0) {
		return usageError{"--out DIR is where maps are written: name their method with --explain"}
	}
	if err := o.check(); err != nil {
		return err
	}
	if len(o.methods) == 0 && !none {
		o.methods, o.sharedOnly = []string{defaultMethod}, true
	}
	return nil
}

// askMaps adds the maps to the request.
func (s *session) askMaps(ctx context.Context, o *withMaps, request *api.EvaluateRequest) error {
	request.Explain, request.SharedOnly = o.methods, o.sharedOnly
	if len(o.targets) == 0 {
		return nil
	}
	m, err := s.Model(ctx, request.Model)
	if err == nil {
		request.Targets, err = chooseTargets(api.Evaluation{Classes: m.Classes}, o.targets)
	}
	return err
}

// written asks for these maps as files in a folder.
func (o *withMaps) written(out string) *explainOptions {
	targets := o.targets
	if len(targets) == 0 {
		targets = defaultTargets
	}
	return &explainOptions{methods: o.methods, targets: targets, options: map[string]string{}, out: out}
}

// defaultTargets are what maps made with an evaluation explain.
var defaultTargets = []string{"contrast", "predicted"}

// madeMaps says how an evaluation's maps were made.
type madeMaps struct {
	Methods []string `json:"methods"`
	Targets []string `json:"targets"`
	Apart   []string `json:"apart,omitempty"` // why some were made in runs of their own

	how string
}

// finishMaps waits for the maps that were not made in the evaluation's own runs; nil where
// none were asked for, or made.
func (s *session) finishMaps(ctx context.Context, o *withMaps, evaluated api.Job) (*madeMaps, error) {
	made := &madeMaps{Methods: resultTexts(evaluated, "methods"), Targets: resultTexts(evaluated, "targets"), Apart: resultTexts(evaluated, "apart"), how: "made in the same runs of the model"}
	if len(made.Methods) == 0 {
		return nil, nil
	}
	following := resultText(evaluated, "following")
	if following == "" {
		if o.sharedOnly && (len(made.Apart) > 0 || evaluated.Items == 0) {
			return nil, nil
		}
		if evaluated.Items == 0 {
			made.how = "stored before"
		}
		if unfit := resultText(evaluated, "unfit"); unfit != "" {
			return made, errors.New("no maps: " + unfit)
		}
		return made, nil
	}
	made.how = "made in runs of their own"
	for _, reason := range made.Apart {
		fmt.Fprintf(s.call.stderr, "maps are made in runs of their own: %s\n", reason)
	}
	_, err := s.follow(ctx, api.Job{ID: following})
	return made, err
}

// print says what is stored and what shows it.
func (m *madeMaps) print(c *call, e api.Evaluation) {
	if m == nil {
		return
	}
	fmt.Fprintf(c.stdout, "maps: %s; %s, %s; `sightline look %s %s --method %s --target %s` says what they lie on\n", strings.Join(m.Methods, ", "), strings.Join(m.Targets, ", "), m.how,
		e.Dataset, e.Model, m.Methods[0], m.Targets[0])
}

// resultTexts reads a list of words out of a job's result.
func resultTexts(job api.Job, name string) (list []string) {
	values, _ := job.Result[name].([]any)
	for _, v := range values {
		if text, ok := v.(string); ok {
			list = append(list, text)
		}
	}
	return list
}
