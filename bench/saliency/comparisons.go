package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/imaging"
)

// comparison is one method of ours beside one of Python's.
type comparison struct {
	method   string            // ours
	options  map[string]string // of ours
	peer     string            // Python's, as peer.py calls it
	use      string            // which use of Python's it is
	batch    int               // images at once
	forwards int               // runs of the model that "forward" does
	steps    int               // of Python's method
	models   string            // only these; empty: all
}

func (c comparison) title() string {
	return fmt.Sprintf("%s, batch %d (%s)", c.method, c.batch, c.use)
}

var comparisons = []comparison{
	{method: "gradcam", peer: "gradcam", use: "as documented", batch: 1, forwards: 1},
	{method: "gradcam", peer: "gradcam-frozen", use: "as an expert does", batch: 1, forwards: 1},
	{method: "gradcam", peer: "gradcam", use: "as documented", batch: 8, forwards: 8},
	{method: "gradcam", peer: "gradcam-frozen", use: "as an expert does", batch: 8, forwards: 8},
	{method: "gradient", peer: "", use: "against forward alone", batch: 8, forwards: 8},
	{method: "ig", options: map[string]string{"steps": "32"}, peer: "ig", use: "32 steps each", batch: 1, forwards: 32, steps: 32},
	{method: "ig", peer: "ig-until", use: "gap of 5 %, from Captum's 50 steps", batch: 1, forwards: 1, steps: 50},
	{method: "ig", peer: "ig-until", use: "gap of 5 %, from our 8 steps", batch: 1, forwards: 1, steps: 8},
	{method: "smoothgrad", options: map[string]string{"samples": "16"}, peer: "smoothgrad", use: "16 samples each", batch: 1, forwards: 16, steps: 16},
	{method: "rise", options: map[string]string{"limit": "1000", "correlation": "2"}, peer: "rise", use: "1000 masks each", batch: 1, forwards: 1000, steps: 1000, models: "resnet18 mobilenet_v2"},
	{method: "occlusion", peer: "occlusion", use: "225 windows, one a run", batch: 1, forwards: 226, models: "resnet18 mobilenet_v2"},
	{method: "occlusion", peer: "occlusion-batched", use: "225 windows, 32 a run", batch: 1, forwards: 226, models: "resnet18 mobilenet_v2"},
}

// explain makes our maps of the first images. rankings are their classes by
// score, which the product knows from the evaluation.
func (c comparison) explain(ctx context.Context, s attribution.Scorer, inputs []float32, rankings [][]int) error {
	p, _ := imaging.Preset("imagenet")
	var requests []attribution.Request
	var method attribution.Method
	for i := range c.batch {
		r := attribution.Request{
			Input: inputs[i*inputLen : (i+1)*inputLen], Truth: attribution.NoTruth, Ranking: rankings[i],
			Geometry: imaging.Geometry{InputWidth: 224, InputHeight: 224, DisplayWidth: 224, DisplayHeight: 224, Matrix: [6]float64{1, 0, 0, 0, 1, 0}},
		}
		var err error
		if method, err = methods.All().Configure(c.method, c.options, &p, &r); err != nil {
			return err
		}
		requests = append(requests, r)
	}
	target := attribution.Target{Kind: attribution.Predicted, Minus: -1}
	_, errs := method.ExplainBatch(ctx, s, requests, []attribution.Target{target}, nil)
	return errors.Join(errs...)
}

// rank returns the two best classes of every image.
func rank(ctx context.Context, s attribution.Scorer, inputs []float32) ([][]int, error) {
	n := len(inputs) / inputLen
	scores, err := s.Score(ctx, inputs, n)
	if err != nil {
		return nil, err
	}
	var rankings [][]int
	for i := range n {
		row := scores[i*s.Classes() : (i+1)*s.Classes()]
		target, err := attribution.Resolve(attribution.Target{Kind: attribution.Contrast}, row, attribution.NoTruth)
		if err != nil {
			return nil, err
		}
		rankings = append(rankings, []int{target.Class, target.Minus})
	}
	return rankings, nil
}
