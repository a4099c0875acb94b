package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
)

// layersVerb needs no workspace: it reads a model file.
func layersVerb() verb {
	return verb{name: "layers", args: "FILE", summary: "List the tensors of a model at which CAM methods can look", define: func(flags *flag.FlagSet) action {
		var file modelOptions
		file.declare(flags)
		return func(ctx context.Context, c *call) error {
			if err := c.want("FILE"); err != nil {
				return err
			}
			return c.listLayers(ctx, file)
		}
	}}
}

// listedLayer is a line of the list, and an entry of its JSON.
type listedLayer struct {
	Number    int    `json:"number"`
	Tensor    string `json:"tensor"`
	Channels  int    `json:"channels"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Automatic bool   `json:"automatic"`
}

func (c *call) listLayers(ctx context.Context, file modelOptions) error {
	request, err := file.request(c.args[0], "")
	if err != nil {
		return err
	}
	model, err := classifier.Quick(request.Path, classifier.Options{
		Preprocessing: request.Preprocessing, Classes: request.Classes, Output: request.Output, Threads: runtime.GOMAXPROCS(0)})
	if err != nil {
		return err
	}
	defer model.Close()
	list, err := layersOf(ctx, model)
	if err != nil {
		return fmt.Errorf("%s: %w", c.args[0], err)
	}
	if c.json {
		return c.document(map[string]any{"layers": list})
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

func layersOf(ctx context.Context, d attribution.Differentiable) ([]listedLayer, error) {
	layers, err := attribution.Layers(d)
	if err != nil {
		return nil, err
	}
	if len(layers) == 0 {
		return nil, &attribution.NoLayerError{}
	}
	chosen, err := attribution.FindLayer(ctx, d, "")
	var none *attribution.NoLayerError
	if err != nil && !errors.As(err, &none) {
		return nil, err
	}
	list := make([]listedLayer, len(layers))
	for i, l := range layers {
		list[i] = listedLayer{i + 1, l.Tensor, l.Grid.Channels, l.Grid.Width, l.Grid.Height, l.Tensor == chosen.Tensor}
	}
	return list, nil
}
