package methods

import (
	"context"
	"fmt"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/autodiff"
)

// Auto picks a method for the model, from its graph alone, so that all images of
// a dataset are explained by the same one: see Choose. Maps bear the name of the
// method that was chosen, and why, in Reason.
type Auto struct{}

// Name is "auto".
func (Auto) Name() string { return "auto" }

// Card describes the method.
func (Auto) Card() attribution.Card {
	return attribution.Card{
		Name: "auto", Title: "Automatic", Family: "auto",
		Description: "Picks a sound first look for the model, and says which and why: Grad-CAM for networks whose last layer still has spatial positions and is averaged over them, " +
			"HiResCAM where it is read place by place, attention times gradient for vision transformers, occlusion for everything else. The same method for all images of a model.",
		Cost:        "that of the method it picks: 1 to 227 runs of the model",
		Failures:    "Those of the method it picks. It looks at the model's graph, not at how good the maps are: look at a map's verdict, and at a second method.",
		Paper:       "none: a choice by rules, see docs/saliency.md (`sightline docs saliency`)",
		Interactive: true, Streams: true,
	}
}

// With refuses all options: they belong to the methods themselves.
func (m Auto) With(string, string) (attribution.Method, error) {
	return m, fmt.Errorf("auto has no options: name the method to set one of its")
}

// ExplainBatch makes the maps by the chosen method.
func (m Auto) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	chosen, err := Chosen(ctx, m, s)
	if err != nil {
		return make([][]*attribution.Map, len(rs)), slices.Repeat([]error{err}, len(rs))
	}
	return chosen.ExplainBatch(ctx, s, rs, targets, progress)
}

// Chosen returns m itself or, if that is Auto, the method that it picks for the
// model, which writes the reason on its maps.
func Chosen(ctx context.Context, m attribution.Method, s attribution.Scorer) (attribution.Method, error) {
	if _, open := m.(Auto); !open {
		return m, nil
	}
	picked, reason, err := Choose(ctx, s)
	if err != nil {
		return nil, err
	}
	return reasoned{picked, reason}, nil
}

// fewestPlaces is the least number of places of a layer, or of patches, for a map to
// say where things are: 7×7, which is what networks for ImageNet end with. On fewer,
// a place is wider than a seventh of the image and sees nearly all of it: at 6×6
// the demo's Grad-CAM is hottest on the head, which decides, on a third of the
// images only, where occlusion is on 95 %.
const fewestPlaces = 49

// choice is what Choose found, and the note under which it is kept.
type choice struct {
	method attribution.Method
	reason string
}

// AutoRule is the version of the rule by which Choose picks. Raise it with every change of
// what is picked: what an evaluation was explained with stays known.
const AutoRule = 2

// Choose picks a method for a model and says why. In this order:
//
//   - a model that cannot be differentiated: occlusion;
//   - quantised scores: occlusion, because their gradient is only an estimate, and
//     zero where a score lies at the end of its range;
//   - a transformer whose attention can be followed, with at least 49 patches:
//     attention;
//   - a layer with at least 49 places: hirescam where what follows reads it place by place,
//     gradcam where it averages over them, which makes both the same, or where hirescam is
//     not known to be better (behind attention, or zero by construction);
//   - else occlusion.
//
// An error is one of ctx.
func Choose(ctx context.Context, s attribution.Scorer) (attribution.Method, string, error) {
	d, err := attribution.Inside(s)
	if err != nil {
		return perturb.Occlusion{}, err.Error(), nil
	}
	g, err := d.Graph()
	if err != nil {
		return perturb.Occlusion{}, err.Error(), nil
	}
	if known, ok := g.Notes.Load(choice{}); ok {
		return known.(choice).method, known.(choice).reason, nil
	}
	method, reason := choose(ctx, d, g)
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	g.Notes.Store(choice{}, choice{method, reason})
	return method, reason, nil
}

func choose(ctx context.Context, d attribution.Differentiable, g *autodiff.Graph) (attribution.Method, string) {
	if scoresQuantised(g) {
		return perturb.Occlusion{}, "the model's scores are quantised: their gradient is an estimate that steps over the rounding, and zero where a score lies at the end of its range; hiding places asks the model itself"
	}
	if layers, height, width, err := attention.Followed(d); err == nil && height*width >= fewestPlaces {
		return attention.Attention{}, fmt.Sprintf("the model is a transformer: its %d layers of attention tell which patches the class was read from", layers)
	}
	layer, err := cam.Ready(ctx, d, "")
	switch places := layer.Grid.Height * layer.Grid.Width; {
	case err != nil:
		return perturb.Occlusion{}, fmt.Sprintf("Grad-CAM cannot be made: %v", err)
	case places < fewestPlaces:
		return perturb.Occlusion{}, fmt.Sprintf("the last layer of the model that holds spatial positions, %s, has only %d×%d of them, too few for Grad-CAM to say where", layer.Tensor, layer.Grid.Width, layer.Grid.Height)
	}
	reason := fmt.Sprintf("everything that the model's scores take from the image passes through %s, which still has %d×%d places of it", layer.Tensor, layer.Grid.Width, layer.Grid.Height)
	if byPlace(ctx, d, g, layer) {
		return cam.HiResCAM{}, reason + ", and what follows reads them place by place: Grad-CAM would give all places of a channel the same weight"
	}
	return cam.GradCAM{}, reason
}

// byPlace reports whether the head reads a layer's places one by one, by more than attention,
// so that the slope differs from place to place and HiResCAM can tell it.
func byPlace(ctx context.Context, d attribution.Differentiable, g *autodiff.Graph, l cam.Layer) bool {
	behind := g.Model.Graph.Reachable(l.Tensor)
	for _, n := range g.Model.Graph.Nodes {
		if n.Is("Softmax") && slices.ContainsFunc(n.Outputs, func(out string) bool { return behind[out] }) {
			return false
		}
	}
	even, err := cam.Even(ctx, d, l)
	return err == nil && !even && cam.Cancels(ctx, d, "") == nil
}

// carriers are operators that hand values on.
var carriers = []string{"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "DequantizeLinear"}

// scoresQuantised reports whether the scores come straight out of a
// QuantizeLinear.
func scoresQuantised(g *autodiff.Graph) bool {
	index := g.Model.Graph.Index()
	for n := index.Producer(g.Scores); n != nil; n = index.Producer(n.Input(0)) {
		if n.Is("QuantizeLinear") {
			return true
		}
		if !slices.ContainsFunc(carriers, func(op string) bool { return n.Is(op) }) {
			return false
		}
	}
	return false
}

// reasoned writes a reason on the maps of a method.
type reasoned struct {
	attribution.Method
	reason string
}

func (m reasoned) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	maps, errs := m.Method.ExplainBatch(ctx, s, rs, targets, progress)
	for _, list := range maps {
		for _, made := range list {
			made.Reason = m.reason
		}
	}
	return maps, errs
}
