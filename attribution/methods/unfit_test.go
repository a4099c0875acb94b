package methods

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

// opened are small models: one without a layer, one with convolutions, one whose last layer is
// normalised over its channels, and one of which only the scores are known.
func opened(t *testing.T) map[string]attribution.Scorer {
	conv := onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}, onnx.IntsAttr("pads", 1, 1, 1, 1))
	return map[string]attribution.Scorer{
		"flat": testkit.Network(t, []*onnx.Node{
			onnx.NewNode("Flatten", []string{"x"}, []string{"f"}),
			onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
		}, testkit.Weight("fc", 192, 2)),
		"convolutional": testkit.Network(t, []*onnx.Node{
			conv,
			onnx.NewNode("Relu", []string{"c"}, []string{"r"}),
			onnx.NewNode("GlobalAveragePool", []string{"r"}, []string{"p"}),
			onnx.NewNode("Flatten", []string{"p"}, []string{"f"}),
			onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
		}, testkit.Weight("w", 4, 3, 3, 3), testkit.Weight("fc", 4, 2)),
		"normalised": testkit.Network(t, []*onnx.Node{
			conv,
			onnx.NewNode("Transpose", []string{"c"}, []string{"t"}, onnx.IntsAttr("perm", 0, 2, 3, 1)),
			onnx.NewNode("LayerNormalization", []string{"t", "scale"}, []string{"n"}),
			onnx.NewNode("ReduceMean", []string{"n"}, []string{"f"}, onnx.IntsAttr("axes", 1, 2), onnx.IntAttr("keepdims", 0)),
			onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
		}, testkit.Weight("w", 4, 3, 3, 3), testkit.Weight("scale", 4), testkit.Weight("fc", 4, 2)),
		"sealed": testkit.NewLinear(3, 8, 8, 2, imaging.NCHW),
	}
}

// TestUnfitIsWhatIsRefused: a method is called unfit exactly where it makes no map, or one that
// is zero whatever the image.
func TestUnfitIsWhatIsRefused(t *testing.T) {
	for name, s := range opened(t) {
		unfit, err := Unfit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range All() {
			r := testkit.Wavy(s, 0.4)
			r.Baselines, r.Batch = [][]float32{make([]float32, s.InputLen())}, 8
			made, err := attribution.Explain(t.Context(), m, s, r, nil)
			if err != nil && !attribution.Unfit(err) {
				t.Fatalf("%s on %s: %v", m.Name(), name, err)
			}
			refused := err != nil || strings.Contains(made.Degenerate, "channels cancel out")
			if strings.HasPrefix(unfit[m.Name()], m.Name()+":") {
				t.Errorf("%s on %s: the reason begins with the name again: %s", m.Name(), name, unfit[m.Name()])
			}
			if _, told := unfit[m.Name()]; told != refused {
				t.Errorf("%s on %s: told %q, but %v", m.Name(), name, unfit[m.Name()], err)
			}
		}
	}
}

// TestHiResCAMBeforeANormalisationSaysSo: the map is zero by construction, not for want of an
// effect, and what to take instead is said.
func TestHiResCAMBeforeANormalisationSaysSo(t *testing.T) {
	s := opened(t)["normalised"]
	hires, err := All().Lookup("hirescam")
	if err == nil {
		hires, err = hires.With("layer", "c")
	}
	if err != nil {
		t.Fatal(err)
	}
	d := s.(attribution.Differentiable)
	var zero *cam.CancelsError
	if err := cam.Cancels(t.Context(), d, "c"); !errors.As(err, &zero) || !attribution.Unfit(err) {
		t.Errorf("before the normalisation: %v", err)
	}
	if err := cam.Cancels(t.Context(), d, "n"); err != nil {
		t.Errorf("after the normalisation: %v", err)
	}
	made := testkit.Explain(t, hires, s, testkit.Wavy(s, 0.4))
	for _, part := range []string{"zero", "channels cancel out", "LayerNorm", "gradcam"} {
		if !strings.Contains(made.Degenerate, part) {
			t.Errorf("called %q: it does not say %q", made.Degenerate, part)
		}
	}
	for _, name := range []string{"gradcam", "layercam"} {
		m, _ := All().Lookup(name)
		if m, err = m.With("layer", "c"); err != nil {
			t.Fatal(err)
		}
		if made := testkit.Explain(t, m, s, testkit.Wavy(s, 0.4)); made.Degenerate != "" {
			t.Errorf("%s, which is named instead, is called %q", name, made.Degenerate)
		}
	}
}

// TestHiResCAMBeforeALargeEpsilonSaysSo: Keras' LayerNormalization has an ε of 1e-3, which leaves
// something in the sum, more in images that are dark. It is no map.
func TestHiResCAMBeforeALargeEpsilonSaysSo(t *testing.T) {
	s := testkit.Network(t, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}, onnx.IntsAttr("pads", 1, 1, 1, 1)),
		onnx.NewNode("Transpose", []string{"c"}, []string{"t"}, onnx.IntsAttr("perm", 0, 2, 3, 1)),
		onnx.NewNode("LayerNormalization", []string{"t", "scale"}, []string{"n"}, onnx.FloatAttr("epsilon", 1e-3)),
		onnx.NewNode("ReduceMean", []string{"n"}, []string{"f"}, onnx.IntsAttr("axes", 1, 2), onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, testkit.Weight("w", 4, 3, 3, 3), testkit.Weight("scale", 4), testkit.Weight("fc", 4, 2))
	hires, err := All().Lookup("hirescam")
	if err != nil {
		t.Fatal(err)
	}
	for layer, zero := range map[string]bool{"c": true, "t": true, "n": false} {
		if err := cam.Cancels(t.Context(), s, layer); attribution.Unfit(err) != zero {
			t.Errorf("at %s: %v", layer, err)
		}
		m, err := hires.With("layer", layer)
		if err != nil {
			t.Fatal(err)
		}
		made := testkit.Explain(t, m, s, testkit.Wavy(s, 0.1))
		if strings.Contains(made.Degenerate, "channels cancel out") != zero {
			t.Errorf("at %s it is called %q", layer, made.Degenerate)
		}
	}
}

// TestChannelsThatCancelAreNoLackOfEffect: a model that compares two colours moves with every
// pixel, and the sum over a pixel's channels is zero. absmax, which is named instead, shows it.
func TestChannelsThatCancelAreNoLackOfEffect(t *testing.T) {
	opponent := onnx.FloatTensor("w", []float32{1, -1, 0}, 1, 3, 1, 1)
	s := testkit.Network(t, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}),
		onnx.NewNode("Flatten", []string{"c"}, []string{"f"}),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, opponent, testkit.Weight("fc", 64, 2))
	gradient, err := All().Lookup("gradient")
	if err != nil {
		t.Fatal(err)
	}
	made := testkit.Explain(t, gradient, s, testkit.Wavy(s, 0.4))
	for _, part := range []string{"zero: pixels move the score", "cancels out", "absmax", "keep"} {
		if !strings.Contains(made.Degenerate, part) {
			t.Errorf("called %q: it does not say %q", made.Degenerate, part)
		}
	}
	largest, err := gradient.With("reduce", "absmax")
	if err != nil {
		t.Fatal(err)
	}
	if made := testkit.Explain(t, largest, s, testkit.Wavy(s, 0.4)); made.Degenerate != "" {
		t.Errorf("with absmax it is called %q", made.Degenerate)
	}
}
