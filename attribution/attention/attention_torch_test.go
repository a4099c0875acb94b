package attention_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testdata"
)

// torch runs a script of testdata with Debian's PyTorch and decodes what it
// prints, or skips the test.
func torch(t *testing.T, output any, script string, args ...string) {
	t.Helper()
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import torch, torchvision, onnx").CombinedOutput(); err != nil {
		t.Skipf("needs %s with torch, torchvision and onnx: %v %s", python, err, bytes.TrimSpace(out))
	}
	var stderr bytes.Buffer
	cmd := exec.Command(python, append([]string{"-B", filepath.Join("testdata", script)}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatalf("%s printed %.200q: %v", script, out, err)
	}
}

// TestAttentionEqualsPyTorch compares with maps that PyTorch's autograd gives in
// float64: of torchvision's ViT, and of a transformer with two special tokens.
func TestAttentionEqualsPyTorch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deit.onnx")
	cases := []struct{ name, model, argument string }{
		{"deit", file, file},
		{"vit", "", filepath.Join(testdata.Dir(t), "torchvision")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.model == "" {
				c.model = testdata.Architecture(t, "vit_b_16")
			}
			var want struct {
				Input     []float32
				Class     int
				Relevance []float64
			}
			torch(t, &want, "attention.py", c.name, c.argument)
			model := testkit.Open(t, c.model)
			r := testkit.Wavy(model, 0)
			r.Input = want.Input
			got, err := attribution.Explain(context.Background(), attention.Attention{}, model, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			d := testkit.Apart(got.Values, want.Relevance)
			t.Logf("%d×%d, off by %.2g", got.Width, got.Height, d)
			if got.TargetIndex != want.Class || !(d < 1e-4) {
				t.Errorf("class %d, want %d; off by %.2g", got.TargetIndex, want.Class, d)
			}
		})
	}
}
