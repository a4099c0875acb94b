package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/internal/testdata"
)

// How much memory maps take is bounded by --memory, whatever the number of images:
// four images and forty differ by less than the budget, and with a larger one,
// where more images go into a run, forty take more.
func TestExplainMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	model := testdata.Architecture(t, "mobilenet_v2")
	s := newStandIn(t)
	if err := fixture.WriteImages(filepath.Join(s.dir, "photos"), []string{"a", "b"}, 20); err != nil {
		t.Fatal(err)
	}
	s.run("import", "photos", "--name", "photos")
	s.run("model", "add", model, "--name", "net")
	s.run("evaluate", "photos", "net")
	seed := 0
	peak := func(budget string, images int) int64 {
		seed++ // so that no map is there already
		return s.run("explain", "photos", "net", "--method", "gradient", "--memory", budget, "--limit", strconv.Itoa(images), "--seed", strconv.Itoa(seed), "--out", "maps"+strconv.Itoa(seed))
	}
	few, many, roomy := peak("128MB", 4), peak("128MB", 40), peak("2GiB", 40)
	t.Logf("4 images %d MB, 40 images %d MB, with a budget of 2 GiB %d MB", few, many, roomy)
	if many > few+128 {
		t.Errorf("40 images took %d MB, 4 took %d MB: memory grows with their number", many, few)
	}
	if roomy < many+32 {
		t.Errorf("2 GiB of budget took %d MB, 128 MB took %d MB: the budget bounds nothing", roomy, many)
	}
	if roomy > many+2048 {
		t.Errorf("2 GiB of budget took %d MB, 128 MB took %d MB", roomy, many)
	}
}

// standIn is the test binary as sightline, in processes whose memory can be told.
type standIn struct {
	t            *testing.T
	program, dir string
}

func newStandIn(t *testing.T) standIn {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "sightline") // as testscript does: main tells by the name
	if err := os.Link(self, program); err != nil {
		if err := copyFile(self, program); err != nil {
			t.Fatal(err)
		}
	}
	return standIn{t, program, dir}
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// run runs a command and returns the most memory, in MB, that one of its processes
// had.
func (s standIn) run(args ...string) int64 {
	s.t.Helper()
	c := exec.Command(s.program, args...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), "GOGC=100", "GOMEMLIMIT=off") // as users have it, not as tests do
	if out, err := c.CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %v: %s", args, err, out)
	}
	return c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
}
