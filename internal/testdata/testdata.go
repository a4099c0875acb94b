// Package testdata finds the optional folder of real photos, real ONNX models
// and reference tensors that some tests use. The project builds, demonstrates
// and tests itself without it; a test that needs it skips with a message.
package testdata

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the absolute path of the test material, or skips the test. The
// folder is $SIGHTLINE_TESTDATA, else shared/data beside the checkout.
func Dir(t testing.TB) string {
	t.Helper()
	dir, ok := Look(t)
	if !ok {
		t.Skip("needs the test material: set SIGHTLINE_TESTDATA to its folder, or put it at ../shared/data beside the checkout")
	}
	return dir
}

// Looks is what a test logs when it looks for what only some machines have. By it
// scripts/gotest finds the tests that may run otherwise where there is none.
const Looks = "looks for the test material"

// Look is Find for a test that runs otherwise without the material.
func Look(t testing.TB) (string, bool) {
	t.Helper()
	t.Log(Looks)
	return Find()
}

// Find returns the folder of the test material and whether it is there.
func Find() (string, bool) {
	if dir := os.Getenv("SIGHTLINE_TESTDATA"); dir != "" {
		return dir, isDir(filepath.Join(dir, "models"))
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		candidate := filepath.Join(dir, "shared", "data")
		if isDir(filepath.Join(candidate, "models")) {
			return candidate, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
