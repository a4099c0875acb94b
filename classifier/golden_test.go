package classifier_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// TestGoldenSpecs inspects every real model with nothing but what lies beside it.
func TestGoldenSpecs(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no models", err)
	}
	var out strings.Builder
	for _, path := range paths {
		s := inspect(t, path, classifier.Options{})
		describe(&out, s)
		quickAgrees(t, path, s, classifier.Options{})
	}
	golden(t, "real-models.txt", out.String())
}

// TestGoldenDemo inspects the models of the demo.
func TestGoldenDemo(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "demo", "models", "*", "*.onnx"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no demo models", err)
	}
	var out strings.Builder
	for _, path := range paths {
		s := inspect(t, path, classifier.Options{})
		describe(&out, s)
		quickAgrees(t, path, s, classifier.Options{})
	}
	golden(t, "demo-models.txt", out.String())
}

// describe writes what was recognised, less what differs from machine to machine.
func describe(out *strings.Builder, s *classifier.Spec) {
	fmt.Fprintf(out, "%s\n  opset %d by %q\n  %s\n", s.Name, s.Opset, s.Producer, s.Input.Declared)
	for _, o := range s.Outputs {
		fmt.Fprintf(out, "  → %s\n", o)
	}
	in := s.Input
	fmt.Fprintf(out, "  input %s %s %d×%d×%d, batch %s %d\n", in.DType, in.Layout, in.Channels, in.Height, in.Width, s.Batch.Mode, s.Batch.Fixed)
	fmt.Fprintf(out, "  output %s, %d classes: %s … %s\n", s.Output.Name, s.Output.Classes, s.Classes[0], s.Classes[len(s.Classes)-1])
	for _, p := range s.Provenance {
		if p.Name != "batch" {
			fmt.Fprintf(out, "  %s: %s [%s]\n", p.Name, p.Value, p.Source)
		}
	}
	for _, w := range s.Warnings {
		fmt.Fprintf(out, "  ! %s\n", w)
	}
}

// golden compares got with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; if the new result is right, run `go test ./classifier -run Golden -update` and read the difference. Got:\n%s", path, got)
	}
}
