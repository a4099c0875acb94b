package ort_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/native"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// TestNothingIsRecorded runs a model in a process of its own, whose user has an
// empty home: ONNX Runtime must not keep there what it would like to send.
func TestNothingIsRecorded(t *testing.T) {
	if os.Getenv("SIGHTLINE_TEST_RUN") != "" {
		runIdentity(t)
		return
	}
	library, err := native.Path(native.ONNXRuntime)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestNothingIsRecorded$")
	cmd.Env = []string{"SIGHTLINE_TEST_RUN=1", "HOME=" + home, "SIGHTLINE_CACHE=" + filepath.Dir(library), "PATH=" + os.Getenv("PATH")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	err = filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != home {
			t.Errorf("%s was made", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func runIdentity(t *testing.T) {
	s, err := ort.Open(identity(onnx.Float32), []string{"x"}, []string{"y"}, ort.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Run(context.Background(), &ort.Tensor{Shape: []int64{1}, Data: []float32{1}}); err != nil {
		t.Fatal(err)
	}
}
