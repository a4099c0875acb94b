package autodiff_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// TestBatches: in a batch of three with a target each, every sample's gradient is
// the one it has alone.
func TestBatches(t *testing.T) {
	models := filepath.Join(testdata.Dir(t), "models")
	for _, name := range []string{"groceries-freiburg-mobilenetv2", "cifar10-vit-pgd-torch", "person-vww-mobilenetv1-nhwc", "flowers-mobilenetv2-0.35-tf2onnx"} {
		t.Run(name, func(t *testing.T) { compareBatch(t, filepath.Join(models, name, "model.onnx")) })
	}
	if !testing.Short() {
		t.Run("swin_t", func(t *testing.T) { compareBatch(t, testdata.Architecture(t, "swin_t")) })
	}
}

func compareBatch(t *testing.T, path string) {
	t.Helper()
	m, err := onnx.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, of := m.Graph.Index().Logit(m.Graph.Outputs[0].Name)
	g, err := autodiff.Gradient(c, autodiff.Options{Of: of})
	if err != nil {
		t.Fatal(err)
	}
	in := c.Graph.Inputs[0].Name
	s, err := ort.Open(g.Model.Marshal(), []string{in, g.Seed}, []string{g.Gradients[0]}, ort.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	shape, out := concrete(c.Types[in].Shape), concrete(c.Types[of].Shape)
	values, classes := int(size(shape)), int(size(out))
	x, seed := make([]float32, 3*values), make([]float32, 3*classes)
	r := rand.New(rand.NewPCG(2, 2))
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for i := range 3 {
		seed[i*classes+i%classes] = 1
	}
	run := func(first, n int) []float32 {
		shape[0], out[0] = int64(n), int64(n)
		got, err := s.Run(context.Background(), &ort.Tensor{Shape: shape, Data: x[first*values : (first+n)*values]},
			&ort.Tensor{Shape: out, Data: seed[first*classes : (first+n)*classes]})
		if err != nil {
			t.Fatal(err)
		}
		return got[0].Floats()
	}
	all := run(0, 3)
	for i := range 3 {
		if d := distance(all[i*values:(i+1)*values], run(i, 1)); !(d <= 1e-3) {
			t.Errorf("sample %d: its gradient in the batch is off by %.2g", i, d)
		}
	}
}
