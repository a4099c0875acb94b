package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/ort"
)

// What a graph depends on besides the model is all in one text.
func TestMadeBy(t *testing.T) {
	text, err := madeBy("v1.2")
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := ort.Version()
	if err != nil {
		t.Fatal(err)
	}
	build, err := buildID()
	if err != nil || len(build) != 64 {
		t.Fatalf("build ID %q, %v", build, err)
	}
	for _, part := range []string{"v1.2", build, runtime, processor()} {
		if part == "" || !strings.Contains(text, part) {
			t.Errorf("%q is not in %q", part, text)
		}
	}
	if again, _ := madeBy("v1.2"); again != text {
		t.Error("it is another one a moment later")
	}
}

// Graphs are kept in the user's cache, and nowhere where that cannot be.
func TestKeptGraphs(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("SIGHTLINE_CACHE", cache)
	if keptGraphs("") != nil {
		t.Error("a process without a version keeps graphs")
	}
	if keptGraphs("v1") == nil {
		t.Error("nothing is kept")
	}
	if _, err := os.Stat(filepath.Join(cache, "graphs")); err != nil {
		t.Error(err)
	}
	file := filepath.Join(cache, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIGHTLINE_CACHE", filepath.Join(file, "cache"))
	if keptGraphs("v1") != nil {
		t.Error("graphs are kept where no folder can be")
	}
}
