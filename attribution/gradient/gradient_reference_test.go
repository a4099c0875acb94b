package gradient

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testdata"
)

// referenceNoise is the generator of the reference's noise: counters mixed by
// splitmix64, turned into normal numbers by Box and Muller's cosine.
func referenceNoise(i int) float64 {
	uniform := func(k int) float64 {
		z := 99 + uint64(k+1)*0x9E3779B97F4A7C15
		z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
		z = (z ^ (z >> 27)) * 0x94D049BB133111EB
		return float64((z^(z>>31))>>11) / (1 << 53)
	}
	return math.Sqrt(-2*math.Log(1-uniform(2*i))) * math.Cos(2*math.Pi*uniform(2*i+1))
}

// gradientLimit is how far the networks' gradients may be from the reference: one
// and a half times PyTorch's own distance from float64, or 1e-4 where that is less.
func gradientLimit(t *testing.T, name string) float64 {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata.Dir(t), "torchvision", "tolerances.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		InputGradRel float64 `json:"input_grad_rel"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return max(1e-4, 1.5*all[name].InputGradRel)
}

// pathLimit is that of means of gradients at many points. A network of ReLUs that
// has no kink near the image, as vgg16, has some near those.
func pathLimit(t *testing.T, name string) float64 {
	if name == "vgg16" {
		return max(gradientLimit(t, name), gradientLimit(t, "resnet18"))
	}
	return gradientLimit(t, name)
}

// TestGradientsEqualOtherLibraries compares gradients with PyTorch's on five
// networks, Integrated Gradients and SmoothGrad with Captum's on three; with
// $SIGHTLINE_STUDY set on all five, which takes minutes.
func TestGradientsEqualOtherLibraries(t *testing.T) {
	input := testkit.TorchInputs(t)[0]
	for _, name := range []string{"resnet18", "mobilenet_v2", "efficientnet_b0", "vgg16", "vit_b_16"} {
		t.Run(name, func(t *testing.T) {
			model := testkit.Open(t, testdata.Architecture(t, name))
			ref := testdata.Archive{T: t, Path: filepath.Join(testdata.Dir(t), "torchvision", name+".npz")}
			r := testkit.PlainRequest(model, input)
			r.Target = attribution.Target{Kind: attribution.OneClass, Class: ref.Ints("targets")[0]}
			compare := func(key string, got []float32, limit float64) {
				t.Helper()
				d := testkit.Distance(got, ref.Floats(key))
				t.Logf("%s: relative error %.2g, limit %.2g", key, d, limit)
				if !(d <= limit) {
					t.Errorf("%s: relative error %.3g, limit %.2g", key, d, limit)
				}
			}
			kept := testkit.Explain(t, Gradient{attribution.Pixels{Channels: true}}, model, r)
			if name == "resnet18" || name == "mobilenet_v2" || name == "vit_b_16" {
				compare("input_grad0_f64", kept.Values, gradientLimit(t, name))
			}
			compare("input_grad0_absmax", kept.Reduced(attribution.LargestChannel).Values, gradientLimit(t, name))
			// What is made of gradients does not depend on the network: these two add minutes, nothing else.
			if (name == "vgg16" || name == "vit_b_16") && os.Getenv("SIGHTLINE_STUDY") == "" {
				return
			}
			limit := pathLimit(t, name)
			m := testkit.Explain(t, IntegratedGradients{Steps: 32}, model, r)
			compare("ig32_sum", m.Values, limit)
			delta := math.Abs(float64(ref.Floats("ig32_delta")[0]))
			if gap, way := m.Gap*math.Abs(m.Score-m.BaselineScore), math.Abs(m.Score-m.BaselineScore); math.Abs(gap-delta) > limit*way {
				t.Errorf("completeness gap %g, want %g", gap, delta)
			}
			maps, _, err := SmoothGrad{Samples: 16, Pixels: attribution.Pixels{Channels: true}}.explain(t.Context(), model, []attribution.Request{r}, []attribution.Target{r.Target}, func(_ attribution.Request, copy int, noise []float32) {
				for i := range noise {
					noise[i] = float32(0.25 * referenceNoise(copy*len(noise)+i))
				}
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			m = maps[0][0]
			compare("smoothgrad16_sum", m.Summed().Values, limit)
			compare("smoothgrad16_absmax", m.Reduced(attribution.LargestChannel).Values, limit)
		})
	}
}
