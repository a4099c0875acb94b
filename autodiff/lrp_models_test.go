package autodiff_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// unbias zeroes, in a canonical model, all that is added: biases of layers and
// norms, and constants of Add and Concat (positions, class tokens).
func unbias(m *canonical.Model) {
	zero := map[string]bool{}
	for _, n := range m.Graph.Nodes {
		for i, in := range n.Inputs {
			bias := i == 2 && (n.Op == "Conv" || n.Op == "Gemm" || n.Op == "LayerNormalization")
			zero[in] = zero[in] || bias || n.Op == "Add" || n.Op == "Concat" || (n.Op == "Expand" && i == 0)
		}
	}
	for i, t := range m.Graph.Initializers {
		if zero[t.Name] && t.Type == onnx.Float32 {
			size := int64(1)
			for _, d := range t.Dims {
				size *= d
			}
			z := onnx.FloatTensor(t.Name, make([]float32, size), t.Dims...)
			m.Graph.Initializers[i], m.Constants[t.Name] = z, z
		}
	}
}

// TestRelevanceOfModelsIsConserved: on whole architectures without biases, with ε
// = 0, relevance sums to the logit, whatever the rules; residual connections, gates
// (SiLU, squeeze and excitation), Relu6, LayerNormalization, attention and GELU
// included.
func TestRelevanceOfModelsIsConserved(t *testing.T) {
	none := autodiff.Epsilon(0)
	composites := map[string]autodiff.Composite{"epsilon": {Dense: none, Conv: none},
		"gamma flat": {Dense: none, Conv: autodiff.Gamma(0.25), First: autodiff.Flat()}}
	for _, name := range []string{"squeezenet", "resnet18", "mobilenet_v2", "efficientnet_b0", "vgg16", "vit_b_16"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(testdata.Dir(t), "models", "professions-idenprof-squeezenet", "model.onnx")
			if name != "squeezenet" {
				path = testdata.Architecture(t, name)
			}
			m, err := onnx.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, of := m.Graph.Index().Logit(m.Graph.Outputs[0].Name)
			for kind, c := range composites {
				model, err := canonical.Rewrite(m, canonical.Options{})
				if err != nil {
					t.Fatal(err)
				}
				unbias(model)
				logit, sum := conserved(t, model, of, c)
				t.Logf("%s: logit %.6g, sum of relevance %.6g", kind, logit, sum)
				if !(math.Abs(sum-logit) <= 1e-4*math.Abs(logit)) || logit == 0 {
					t.Errorf("%s: relevance sums to %g, the logit is %g", kind, sum, logit)
				}
			}
		})
	}
}

// conserved returns the highest logit of an image of noise and the sum of its
// relevance.
func conserved(t *testing.T, m *canonical.Model, of string, c autodiff.Composite) (logit, sum float64) {
	t.Helper()
	g, err := autodiff.Gradient(m, autodiff.Options{Of: of, Rules: autodiff.Relevance(c)})
	if err != nil {
		t.Fatal(err)
	}
	in := m.Graph.Inputs[0].Name
	s, err := ort.Open(g.Model.Marshal(), []string{in, g.Seed}, []string{g.Of, g.Gradients[0]}, ort.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	shape, out := concrete(m.Types[in].Shape), concrete(m.Types[of].Shape)
	x, seed, r := make([]float32, size(shape)), make([]float32, size(out)), newRand(3)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	best := 0
	for range 2 { // the first run tells the class
		clear(seed)
		seed[best] = 1
		got, err := s.Run(context.Background(), &ort.Tensor{Shape: shape, Data: x}, &ort.Tensor{Shape: out, Data: seed})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got[0].Floats() {
			if v > got[0].Floats()[best] {
				best = i
			}
		}
		logit, sum = float64(got[0].Floats()[best]), 0
		for _, v := range got[1].Floats() {
			sum += float64(v)
		}
	}
	return logit, sum
}

// TestRelevanceRefuses: an operator whose result has no shares is an error that
// names it.
func TestRelevanceRefuses(t *testing.T) {
	for op, inputs := range map[string][]string{"Exp": {"x"}, "Sigmoid": {"x"}, "Mul": {"x", "x"}, "Softmax": {"x"}} {
		m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{
			Nodes:  []*onnx.Node{onnx.NewNode("Relu", []string{"x"}, []string{"r"}), onnx.NewNode(op, renamed(inputs, "r"), []string{"y"})},
			Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, 3)}, Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}}}}
		c, err := canonical.Rewrite(m, canonical.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = autodiff.Gradient(c, autodiff.Options{Rules: autodiff.Relevance(autodiff.Composite{Dense: autodiff.Epsilon(0), Conv: autodiff.ZPlus()})})
		var refusal *autodiff.RelevanceError
		if !errors.As(err, &refusal) || refusal.Operator != op {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func renamed(list []string, to string) []string {
	out := make([]string, len(list))
	for i := range out {
		out[i] = to
	}
	return out
}
