package methods

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testdata"
)

// update is the flag that rewrites golden files.
var update = flag.Bool("update", false, "write the golden files")

// TestLayerAndMethodOfEveryModel: the automatic layer and the method that auto
// picks, for every model of the test material and torchvision's architectures. A
// row that changes is a decision, to be made with docs/saliency.md at hand.
func TestLayerAndMethodOfEveryModel(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "densenet121", "vgg16", "convnext_tiny", "vit_b_16", "swin_t"} {
		paths = append(paths, testdata.Architecture(t, name))
	}
	var b strings.Builder
	b.WriteString("model\tlayer\tnumber\tchannels\tplaces\tauto\n")
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".onnx")
		if name == "model" {
			name = filepath.Base(filepath.Dir(path))
		}
		b.WriteString(layerRow(t, name, path))
	}
	golden := filepath.Join("testdata", "layers.tsv")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("layers are\n%s\nwant\n%s", got, want)
	}
}

func layerRow(t *testing.T, name, path string) string {
	model := testkit.Open(t, path)
	defer model.Close()
	layers, err := cam.Layers(model)
	if err != nil {
		t.Fatal(err)
	}
	l, err := cam.FindLayer(t.Context(), model, "")
	if err != nil {
		t.Fatal(err)
	}
	number := 1 + slices.IndexFunc(layers, func(k cam.Layer) bool { return k.Tensor == l.Tensor })
	picked, reason, err := Choose(t.Context(), model)
	if err != nil || reason == "" {
		t.Fatalf("%s: %v, reason %q", name, err, reason)
	}
	t.Logf("%s: %s, because %s", name, picked.Name(), reason)
	return fmt.Sprintf("%s\t%s\t%d\t%d\t%d×%d\t%s\n", name, l.Tensor, number, l.Grid.Channels, l.Grid.Width, l.Grid.Height, picked.Name())
}
