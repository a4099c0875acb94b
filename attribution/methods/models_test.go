package methods

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/gradient"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/attribution/relevance"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
)

// update is the flag that rewrites golden files.
var update = flag.Bool("update", false, "write the golden files")

// architectures are torchvision's.
var architectures = []string{"resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "densenet121", "vgg16", "convnext_tiny", "vit_b_16", "swin_t"}

const (
	layersHead   = "model\tlayer\tnumber\tchannels\tplaces\tauto\n"
	layersFile   = "testdata/layers.tsv"
	verdictsFile = "testdata/relevance.txt"
)

// TestEveryModel opens every model of the test material and torchvision's
// architectures once. testdata/layers.tsv has the automatic layer and the method that
// auto picks: a row that changes is a decision, to be made with docs/saliency.md at
// hand. testdata/relevance.txt has which models get a map of the relevance and
// attention methods and which are refused, and why; that part takes minutes and is
// left out by -short. VGG's half gigabyte of weights is only looked at with $SIGHTLINE_STUDY set.
func TestEveryModel(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	layers, verdicts := layersHead, ""
	ran := 0
	for i, name := range append(names, architectures...) {
		t.Run(name, func(t *testing.T) {
			if name == "vgg16" && os.Getenv("SIGHTLINE_STUDY") == "" && !*update {
				t.Skip("half a gigabyte of weights: SIGHTLINE_STUDY=1 looks at it")
			}
			var path string
			if i < len(files) {
				path = files[i]
			} else {
				path = testdata.Architecture(t, name)
			}
			model := testkit.Open(t, path)
			row := layerRow(t, name, model)
			layers += row
			golden(t, layersFile, name, row)
			if !testing.Short() {
				rows := verdictRows(t, name, model)
				verdicts += rows
				golden(t, verdictsFile, name, rows)
			}
			ran++
		})
	}
	if *update {
		rewrite(t, ran == len(names)+len(architectures) && !testing.Short(), layers, verdicts)
	}
}

// golden compares rows with those of a golden file that begin with a model's name.
func golden(t *testing.T, file, name, rows string) {
	t.Helper()
	if *update {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, name+"\t") || strings.HasPrefix(line, name+" ") {
			want += line
		}
	}
	if rows != want {
		t.Errorf("%s: the rows are\n%swant\n%s", file, rows, want)
	}
}

// rewrite writes both golden files, if every model was there.
func rewrite(t *testing.T, whole bool, layers, verdicts string) {
	t.Helper()
	if !whole {
		t.Fatal("some models are missing or left out: the golden files are not written")
	}
	for file, text := range map[string]string{layersFile: layers, verdictsFile: verdicts} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func layerRow(t *testing.T, name string, model *classifier.Classifier) string {
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

func verdictRows(t *testing.T, name string, model *classifier.Classifier) (rows string) {
	for _, m := range []attribution.Method{relevance.LRP{}, gradient.Guided{}, attention.Attention{}, attention.Rollout{}} {
		rows += fmt.Sprintf("%-40s %-10s %s\n", name, m.Name(), verdict(t, m, model))
	}
	return rows
}

// verdict makes a map, or says what refused it. A map must be finite.
func verdict(t *testing.T, m attribution.Method, s attribution.Scorer) string {
	got, err := attribution.Explain(context.Background(), m, s, testkit.Wavy(s, 0), nil)
	var relevance *autodiff.RelevanceError
	var attention *attention.NoAttentionError
	var relu *gradient.NoReluError
	switch {
	case errors.As(err, &relevance):
		return "refused: " + relevance.Operator + ": " + relevance.Reason
	case errors.As(err, &attention):
		return "refused: " + attention.Reason
	case errors.As(err, &relu):
		return "refused: " + relu.Error()
	case err != nil:
		t.Errorf("%s: %v", m.Name(), err)
		return "error"
	}
	low, high := got.Range()
	t.Logf("%s: %g to %g, score %g, gap %.2g, %.2f s", m.Name(), low, high, got.Score, got.Gap, got.Seconds)
	if strings.Contains(got.Degenerate, "finite") {
		t.Errorf("%s: %s", m.Name(), got.Degenerate)
	}
	state, _, _ := strings.Cut(got.Degenerate, ":")
	return strings.TrimSpace(fmt.Sprintf("map %d×%d %s", got.Width, got.Height, state))
}
