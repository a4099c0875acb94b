package methods

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testdata"
)

// families are further ones of torchvision, exported by scripts/architectures.sh.
var families = []string{"alexnet", "googlenet", "inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v3_small", "regnet_y_400mf", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_v2_t"}

// TestFamilies: on every family of torchvision the layer that is chosen feeds the global pool,
// `--layer` accepts it, and Grad-CAM there is what PyTorch computes in float64 at the module
// whose output the pool reads. testdata/families.tsv has the choices.
func TestFamilies(t *testing.T) {
	rows := layersHead
	for _, name := range families {
		t.Run(name, func(t *testing.T) {
			if name == "alexnet" && testing.Short() {
				t.Skip("a quarter of a gigabyte of weights")
			}
			model := testkit.Open(t, testdata.Architecture(t, name))
			row := layerRow(t, name, model)
			rows += row
			golden(t, filepath.Join("testdata", "families.tsv"), name, row)
			ref := testdata.Archive{T: t, Path: filepath.Join(testdata.Architectures(t), name+".families.npz")}
			if !ref.Has("gradcam") {
				return
			}
			l, err := cam.FindLayer(t.Context(), model, "")
			if err != nil {
				t.Fatal(err)
			}
			if again, err := cam.FindLayer(t.Context(), model, l.Tensor); err != nil || again.Tensor != l.Tensor {
				t.Errorf("by its name the layer %s is %s, %v", l.Tensor, again.Tensor, err)
			}
			if readers := feeds(model, l.Tensor); !strings.Contains(readers, "GlobalAveragePool") && !strings.Contains(readers, "ReduceMean") {
				t.Errorf("%s feeds %s, no global pool", l.Tensor, readers)
			}
			r := testkit.PlainRequest(model, ref.Floats("x"))
			r.Target = attribution.Target{Kind: attribution.OneClass, Class: ref.Ints("target")[0]}
			made := testkit.Explain(t, cam.GradCAM{}, model, r)
			if d := testkit.Distance(made.Values, ref.Floats("gradcam")); !(d <= 1e-4) {
				t.Errorf("Grad-CAM differs from PyTorch's by %.3g", d)
			} else {
				t.Logf("Grad-CAM differs from PyTorch's by %.2g", d)
			}
		})
	}
	if *update && strings.Count(rows, "\n") == len(families)+1 {
		if err := os.WriteFile(filepath.Join("testdata", "families.tsv"), []byte(rows), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// feeds are the operators that read a tensor of the model in canonical form.
func feeds(model attribution.Differentiable, tensor string) string {
	g, err := model.Graph()
	if err != nil {
		return err.Error()
	}
	var ops []string
	for _, u := range g.Model.Graph.Index().Consumers(tensor) {
		ops = append(ops, u.Node.Op)
	}
	return strings.Join(ops, " ")
}
