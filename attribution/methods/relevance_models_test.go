package methods

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/gradient"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/attribution/relevance"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testdata"
)

// TestRelevanceMethodsOnEveryModel runs the relevance and attention methods on
// every real model and every architecture. Which give a map and which refuse, and
// why, is testdata/relevance.txt.
func TestRelevanceMethodsOnEveryModel(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	paths, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"convnext_tiny", "densenet121", "efficientnet_b0", "mobilenet_v2", "resnet18", "resnet50", "swin_t", "vgg16", "vit_b_16"} {
		paths = append(paths, testdata.Architecture(t, name))
	}
	var table strings.Builder
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".onnx")
		if name == "model" {
			name = filepath.Base(filepath.Dir(path))
		}
		t.Run(name, func(t *testing.T) {
			c := testkit.Open(t, path)
			for _, m := range []attribution.Method{relevance.LRP{}, gradient.Guided{}, attention.Attention{}, attention.Rollout{}} {
				fmt.Fprintf(&table, "%-40s %-10s %s\n", name, m.Name(), verdict(t, m, c))
			}
			c.Close()
		})
	}
	const golden = "testdata/relevance.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if table.String() != string(want) {
		t.Errorf("the table differs from %s:\n%s", golden, table.String())
	}
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
