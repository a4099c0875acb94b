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
	var files []string
	for _, name := range []string{"resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "densenet121", "vgg16", "convnext_tiny",
		"vit_b_16", "swin_t"} {
		files = append(files, testdata.Architecture(t, name))
	}
	compareFiles(t, files)
}

func compareFiles(t *testing.T, files []string) {
	t.Helper()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".onnx")
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
