package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/fixture"
)

// Whoever presses Tab waits at most 300 ms, whether a server runs or not. The best of
// a few tries counts: the machine may be busy.
func TestCompletionIsQuick(t *testing.T) {
	s := newStandIn(t)
	if err := fixture.WriteImages(filepath.Join(s.dir, "photos"), []string{"a", "b"}, 2); err != nil {
		t.Fatal(err)
	}
	s.run("import", "photos", "--name", "colours")
	for _, place := range []struct{ workspace, want string }{{"nowhere", ""}, {".sightline", "colours\n"}} {
		best := time.Hour
		for range 5 {
			start := time.Now()
			c := exec.Command(s.program, "__complete", "--workspace", place.workspace, "evaluate", "")
			c.Dir = s.dir
			out, err := c.Output()
			if best = min(best, time.Since(start)); err != nil || !strings.HasPrefix(string(out), place.want+":") {
				t.Fatalf("%s: %q, %v", place.workspace, out, err)
			}
		}
		if best > 300*time.Millisecond {
			t.Errorf("%s: %v", place.workspace, best)
		}
	}
}
