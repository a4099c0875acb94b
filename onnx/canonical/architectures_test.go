package canonical_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
)

// TestLightModels compares whole networks of an old exporter, whose weights are
// computed by nodes.
func TestLightModels(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata.Dir(t), "optests", "light", "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d networks: %v", len(files), err)
	}
	compareFiles(t, files)
}

// TestArchitectures compares what torchvision exports, transformers among it.
func TestArchitectures(t *testing.T) {
	folder := os.Getenv("SIGHTLINE_ARCHITECTURES")
	if folder == "" {
		t.Skip("needs SIGHTLINE_ARCHITECTURES, the folder that torchvision/export_models.py of the test material writes")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*[a-z0-9].onnx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d models in %s: %v", len(files), folder, err)
	}
	compareFiles(t, files)
}

func compareFiles(t *testing.T, files []string) {
	t.Helper()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".onnx")
		if strings.HasSuffix(name, ".feat") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if info, err := os.Stat(file); testing.Short() && (err != nil || info.Size() > 50<<20 || strings.Contains(name, "vgg")) {
				t.Skip("too large for a short run")
			}
			m, err := onnx.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareModel(t, m, name)
		})
	}
}
