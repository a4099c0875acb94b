package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	label, predicted, split string
	slice                   string   // in the language of slices
	methods, targets        []string // as given; targets become words of the API
	seed                    uint64
	options                 map[string]string // NAME or METHOD.NAME
	limit                   int
	trust, noOverlays       bool
	memory                  int64
	out, colours            string
}

// defaultMethod is what explain and map make unless told otherwise.
const defaultMethod = "auto"

func explainFlags(flags *pflag.FlagSet) *explainOptions {
	o := &explainOptions{options: map[string]string{}}
	flags.StringVar(&o.label, "label", "", "only samples with this label (`CLASS`)")
	flags.StringVar(&o.predicted, "predicted", "", "only samples predicted as this `CLASS`")
	flags.StringVar(&o.split, "split", "", "only samples of this split (`NAME`)")
	flags.StringVar(&o.slice, "slice", "", "only samples that meet these conditions (`TEXT`), such as 'predicted=cake&confidence=0.7-'")
	o.mapFlags(flags, "one or several, such as gradcam,rise", "one or several")
	flags.BoolVar(&o.trust, "trust", false, "assess every map by insertion and deletion: a few hundred runs of the model each")
	flags.BoolVar(&o.noOverlays, "no-overlays", false, "write the maps alone, not drawn over their images")
	flags.IntVar(&o.limit, "limit", 0, "explain at most `N` samples (default: all of the cell)")
	memoryFlag(flags, &o.memory)
	flags.StringVar(&o.out, "out", "maps", "folder to write to (`DIR`)")
	return o
}

// mapFlags are those that say which maps are wanted; methods and targets say how many may be named.
func (o *explainOptions) mapFlags(flags *pflag.FlagSet, methods, targets string) {
	flags.Func("method", "how maps are made (`METHOD`): "+methods+"; `sightline methods` lists them (default "+defaultMethod+")", func(text string) error {
		return addWords(&o.methods, text)
	})
	flags.Func("target", "what is explained (`TARGET`): predicted, true, contrast, or a class by name; "+targets+" (default predicted)", func(text string) error {
		o.targets = append(o.targets, text) // class names may hold commas: see chooseTargets
		return nil
	})
	flags.Uint64Var(&o.seed, "seed", 0, "`SEED` of methods that sample: the same seed gives the same map")
	flags.Func("option", "`NAME=VALUE`, a setting of the methods that have it, or METHOD.NAME=VALUE of one: scaling=published, rise.fill=blur, …; may be given several times", func(setting string) error {
		name, value, ok := strings.Cut(setting, "=")
		if !ok {
			return fmt.Errorf("must be NAME=VALUE, such as scaling=published")
		}
		o.options[name] = value
		return nil
	})
	flags.BoolFunc("channels", "keep a value per channel in the .npy, in the model's own input layout, of methods that work on the input", func(string) error {
		o.options["channels"] = "keep"
		return nil
	})
	flags.Func("layer", "the `TENSOR` that CAM methods look at: a name, or a number that counts from the last one, 1; `sightline layers FILE` lists them", func(layer string) error {
		o.options["layer"] = layer
		return nil
	})
	flags.StringVar(&o.colours, "colours", "", "`NAME` of the overlay's colour map (default: a diverging one)")
}

// addWords appends the words of a list that commas separate.
func addWords(list *[]string, text string) error {
	for _, word := range strings.Split(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			return fmt.Errorf("%q has an empty word between commas", text)
		}
		*list = append(*list, word)
	}
	return nil
}

// request asks for all maps of the selected samples.
func (o *explainOptions) request(e api.Evaluation, selected slice.Slice) api.ExplainRequest {
	return api.ExplainRequest{Evaluation: e.ID, Slice: selected.String(), Sort: "path", Methods: o.methods, Targets: o.targets, Limit: o.limit, Seed: o.seed, Trust: o.trust, Options: o.options}
}

// drawn asks for the maps of some samples, as files.
func (o *explainOptions) drawn(samples []api.Sample) api.DrawnRequest {
	r := api.DrawnRequest{Methods: o.methods, Targets: o.targets, Seed: o.seed, Options: o.options, Colours: o.colours, Plain: o.noOverlays, Trust: o.trust}
	for _, s := range samples {
		r.Samples = append(r.Samples, s.ID)
	}
	return r
}

// chooseTargets makes words of the API of the targets that were given. A text that
// is no target as a whole is a list of targets.
func chooseTargets(e api.Evaluation, given []string) ([]string, error) {
	if len(given) == 0 {
		return []string{"predicted"}, nil
	}
	var list []string
	for _, text := range given {
		target, err := targetByIndex(e, text)
		if err == nil {
			list = append(list, target)
			continue
		}
		parts := strings.Split(text, ",")
		if len(parts) == 1 {
			return nil, err
		}
		for _, part := range parts {
			if target, err = targetByIndex(e, strings.TrimSpace(part)); err != nil {
				return nil, err
			}
			list = append(list, target)
		}
	}
	return list, nil
}

// targetByIndex turns a class's name, with or without class: before it, into
// class:INDEX, and leaves the other words.
func targetByIndex(e api.Evaluation, target string) (string, error) {
	switch target {
	case "predicted", "true", "contrast":
		return target, nil
	}
	name, prefixed := strings.CutPrefix(target, "class:")
	var index int
	if _, err := fmt.Sscanf(name, "%d", &index); prefixed && err == nil && fmt.Sprint(index) == name && index >= 0 && index < len(e.Classes) {
		return target, nil
	}
	if name == "" {
		return "", usageError{"--target: must be predicted, true, contrast or a class"}
	}
	found, err := classIndex(e, "--target", name)
	if err != nil && !prefixed {
		return "", usageError{fmt.Sprintf("--target %s: must be predicted, true, contrast or a class: %v", target, err)}
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("class:%d", *found), nil
}
