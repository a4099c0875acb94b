package gradient

import (
	"context"
	"fmt"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/setting"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
)

// Guided is guided backpropagation (Springenberg et al. 2015, "Striving for
// simplicity: the all convolutional net"), summed over channels with its sign. It
// is here because people ask for it: much of its map does not depend on the model's weights.
type Guided struct {
	Deconvnet bool // the rule of Zeiler & Fergus 2014 instead
	attribution.Pixels
}

// Name is "guided".
func (Guided) Name() string { return "guided" }

// Card describes the method.
func (Guided) Card() attribution.Card {
	return gradientCard(attribution.Card{
		Name: "guided", Title: "Guided backpropagation",
		Description: "The gradient, but at every Relu on the way back all that is below zero is cut off. Sharp outlines of what excites the network's " +
			"features, whatever the class.",
		Cost: "1 run of the model forward and backward, about 2.3 forward runs",
		Failures: "Do not trust it alone: it fails the sanity checks. Its maps stay much the same when the model's weights are random (Adebayo et " +
			"al. 2018). It restores edges of the image, provably (Nie et al. 2018). A convincing map therefore says little about the decision. " +
			"Only for models with Relu.",
		Paper:   "Springenberg et al., Striving for simplicity, ICLR workshop 2015; the warning: Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018",
		Options: []attribution.Option{{Name: "rule", Default: "guided", Description: "guided, or deconvnet: cut gradients below zero, but let them pass where the Relu's own result was zero (Zeiler & Fergus 2014)"}},
	})
}

// With sets rule.
func (m Guided) With(option, value string) (attribution.Method, error) {
	if ok, err := m.Set(option, value); ok {
		return m, err
	}
	if option != "rule" {
		return m, setting.Unknown(m.Card())
	}
	if value != "guided" && value != "deconvnet" {
		return m, fmt.Errorf("must be guided or deconvnet")
	}
	m.Deconvnet = value == "deconvnet"
	return m, nil
}

// ExplainBatch makes the maps of several samples at once.
func (m Guided) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	if err := needsRelu(s); err != nil {
		return make([][]*attribution.Map, len(rs)), backward.Fail(len(rs), m.Name(), err)
	}
	name, rules := "guided", autodiff.Guided
	if m.Deconvnet {
		name, rules = "deconvnet", autodiff.Deconvnet
	}
	same := func(_ attribution.Request, values []float32) []float32 { return values }
	change := func(r attribution.Request) float64 { return backward.InputRange(r.Input) }
	return backward.Pointwise{Name: m.Name(), Rules: name, Make: rules, Values: same, Change: change, Pixels: m.Pixels}.Explain(ctx, s, rs, targets)
}

// NoReluError says that a model has no Relu for guided backpropagation to change.
type NoReluError struct{}

// Unwrap says that another method may fit the model.
func (*NoReluError) Unwrap() error { return attribution.ErrUnfit }

func (*NoReluError) Error() string {
	return "the model has no Relu, so that guided backpropagation would be its plain gradient: choose gradient, gradcam, occlusion or rise"
}

func needsRelu(s attribution.Scorer) error {
	d, err := attribution.Inside(s)
	if err != nil {
		return err
	}
	g, err := d.Graph()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(g.Model.Graph.Nodes, func(n *onnx.Node) bool { return n.Op == "Relu" || n.Op == "Clip" }) {
		return &NoReluError{}
	}
	return nil
}
