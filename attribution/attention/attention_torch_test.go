package attention_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
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
	var stderr bytes.Buffer
	cmd := exec.Command(python, append([]string{"-B", filepath.Join("testdata", script)}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, os.ErrNotExist) || bytes.Contains(stderr.Bytes(), []byte("ModuleNotFoundError")) {
		t.Skipf("needs %s with torch, torchvision and onnx: %v %s", python, err, bytes.TrimSpace(stderr.Bytes()))
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatalf("%s printed %.200q: %v", script, out, err)
	}
}

// answer is what PyTorch says of one model.
type answer struct {
	Input     []float32
	Class     int
	Relevance []float64
}

// TestAttentionEqualsPyTorch compares with maps that PyTorch's autograd gives in
// float64: of torchvision's ViT, and of a transformer with two special tokens.
func TestAttentionEqualsPyTorch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deit.onnx")
	args := []string{"deit", file}
	material := filepath.Join(testdata.Dir(t), "torchvision")
	if _, ok := testdata.FindArchitectures(); ok {
		args = append(args, "vit", material)
	}
	var want map[string]answer
	torch(t, &want, "attention.py", args...)
	t.Run("deit", func(t *testing.T) { equalsPyTorch(t, file, want["deit"]) })
	t.Run("vit", func(t *testing.T) { equalsPyTorch(t, testdata.Architecture(t, "vit_b_16"), want["vit"]) })
}

func equalsPyTorch(t *testing.T, path string, want answer) {
	t.Helper()
	model := testkit.Open(t, path)
	r := testkit.Wavy(model, 0)
	r.Input = want.Input
	got, err := attribution.Explain(t.Context(), attention.Attention{}, model, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := testkit.Apart(got.Values, want.Relevance)
	t.Logf("%d×%d, off by %.2g", got.Width, got.Height, d)
	if got.TargetIndex != want.Class || !(d < 1e-4) {
		t.Errorf("class %d, want %d; off by %.2g", got.TargetIndex, want.Class, d)
	}
}
