package classifier_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/classifier"
)

// TestExportsOfBatchOne exports architectures with PyTorch's defaults, a batch of
// one, and checks that each is rewritten and still gives what the file gives.
func TestExportsOfBatchOne(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import torch, torchvision").Run(); err != nil {
		t.Skip("needs Debian's python3-torch and python3-torchvision")
	}
	dir := t.TempDir()
	if out, err := exec.Command(python, filepath.Join("testdata", "export.py"), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, embedding := range map[string]int{"vit": 32, "swin": 48, "shufflenet": 1024, "densenet": 32, "mobilenet_v3": 1024, "two_outputs": 512} {
		t.Run(name, func(t *testing.T) {
			s := inspect(t, filepath.Join(dir, name, "model.onnx"), classifier.Options{})
			if s.Batch.Mode != classifier.Rewritten || s.EmbeddingSize != embedding || s.Output.Classes != 10 {
				t.Errorf("batch %v (%s), embedding of %d values, %d classes", s.Batch.Mode, s.Batch.Note, s.EmbeddingSize, s.Output.Classes)
			}
			want := classifier.Logits
			if name == "two_outputs" {
				want = classifier.Softmax
			}
			if s.Activation != want || s.LogitTensor == "" {
				t.Errorf("activation %v of %q, want %v", s.Activation, s.LogitTensor, want)
			}
			compareWithFile(t, s)
		})
	}
}
