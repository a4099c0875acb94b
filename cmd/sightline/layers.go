package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/server/api"
)

// layersVerb needs no workspace: it reads a model file.
func layersVerb() verb {
	return verb{name: "layers", group: groupFiles, args: []argument{{name: "FILE", is: "the ONNX classifier"}},
		summary:  "List the tensors of a model at which CAM methods can look",
		about:    "--layer of explain and map takes one of them, by its number or its name.",
		examples: []string{"sightline layers model.onnx"},
		define:   defineLayers}
}

func defineLayers(flags *pflag.FlagSet) action {
	var file modelOptions
	file.declare(flags)
	return func(ctx context.Context, c *call) error {
		return c.listLayers(ctx, file)
	}
}

func (c *call) listLayers(ctx context.Context, file modelOptions) error {
	var list []api.Layer
	opening := func() string { return "opening " + filepath.Base(c.args[0]) }
	err := c.waiting(ctx, opening, func() error {
		model, err := file.quick(ctx, c.args[0])
		if err != nil {
			return err
		}
		defer model.Close()
		if list, err = layersOf(ctx, model); err != nil {
			return fmt.Errorf("%s: %w", c.args[0], err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.json {
		return c.document(api.LayerList{Layers: list})
	}
	t := newTable("\tnumber", "\tcells", "\tchannels", "", "tensor")
	for _, l := range list {
		automatic := ""
		if l.Automatic {
			automatic = "automatic"
		}
		t.row(l.Number, fmt.Sprintf("%d×%d", l.Width, l.Height), l.Channels, automatic, l.Tensor)
	}
	t.write(c.stdout)
	fmt.Fprintln(c.stdout, "\n--layer NUMBER or --layer TENSOR chooses one.")
	return nil
}

func layersOf(ctx context.Context, d attribution.Differentiable) ([]api.Layer, error) {
	layers, automatic, err := cam.LayerChoices(ctx, d)
	if err != nil {
		return nil, err
	}
	list := make([]api.Layer, len(layers))
	for i, l := range layers {
		list[i] = api.Layer{Tensor: l.Tensor, Number: i + 1, Channels: l.Grid.Channels, Width: l.Grid.Width, Height: l.Grid.Height, Automatic: i == automatic}
	}
	return list, nil
}

// quick readies a model file in this process, without a workspace.
func (o *modelOptions) quick(ctx context.Context, path string) (*classifier.Classifier, error) {
	r, err := o.request(path, "")
	if err != nil {
		return nil, err
	}
	return classifier.Quick(ctx, r.Path, classifier.Options{
		Preprocessing: r.Preprocessing, Classes: r.Classes, Background: r.Background, Output: r.Output, Threads: runtime.GOMAXPROCS(0)})
}
