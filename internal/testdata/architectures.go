package testdata

import (
	"os"
	"path/filepath"
	"testing"
)

// Architectures returns the folder of torchvision's architectures, exported with
// fixed weights (resnet18.onnx, …), and of their gradients computed in float64
// (resnet18.gradients.npz, …), or skips the test (see Missing).
func Architectures(t testing.TB) string {
	t.Helper()
	t.Log(Looks)
	folder, ok := FindArchitectures()
	if !ok {
		Missing(t, "needs the exported architectures: run scripts/architectures.sh, or set SIGHTLINE_ARCHITECTURES to their folder")
	}
	return folder
}

// Architecture returns the path of one exported architecture, or skips the test
// (see Missing).
func Architecture(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Architectures(t), name+".onnx")
	if _, err := os.Stat(path); err != nil {
		Missing(t, "the architecture is not exported: %v", err)
	}
	return path
}

// FindArchitectures returns the folder that scripts/architectures.sh writes and
// whether it is there: $SIGHTLINE_ARCHITECTURES, else one in the user's cache.
func FindArchitectures() (string, bool) {
	if dir := os.Getenv("SIGHTLINE_ARCHITECTURES"); dir != "" {
		return dir, isDir(dir)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", false
	}
	dir := filepath.Join(cache, "sightline", "architectures")
	return dir, isDir(dir)
}

// Missing skips a test that lacks what it compares with. Under $CI, when the test
// material is there, it fails instead: everything can then be made from it, and a
// comparison that silently no longer runs is worse than none.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if _, ok := Find(); ok && os.Getenv("CI") != "" {
		t.Fatalf("skipped although the test material is there: "+format, args...)
	}
	t.Skipf(format, args...)
}
