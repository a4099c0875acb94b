package worker

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/internal/diskcache"
	"github.com/sightline/sightline/native"
	"github.com/sightline/sightline/ort/laidout"
)

// graphsLimit is how many bytes the graphs on disk may have together: those of about ten large
// models, which are twice as large as the weights.
const graphsLimit = 2 << 30

// keptGraphs is where graphs are kept from one process of a version to the next, nil where that
// cannot be: the work is the same without it, and begins later.
func keptGraphs(version string) *laidout.Graphs {
	if version == "" {
		return nil // a test's
	}
	cache, err := native.CacheDir()
	if err != nil {
		return nil
	}
	made, err := madeBy(version)
	if err != nil {
		return nil
	}
	folder, err := diskcache.Open(filepath.Join(cache, "graphs"), graphsLimit)
	if err != nil {
		return nil
	}
	return laidout.In(folder, made)
}

// madeBy names what graphs depend on besides models: a graph that another build, another runtime or
// another processor has laid out is not taken for ours.
func madeBy(version string) (string, error) {
	build, err := buildID()
	if err != nil {
		return "", err
	}
	arithmetic, err := Arithmetic()
	if err != nil {
		return "", err
	}
	return strings.Join([]string{version, build, arithmetic, processor()}, "\n"), nil
}

// buildID tells this program from every other: Go's linker writes it, and it changes with anything
// that the program is made of.
func buildID() (string, error) {
	self, err := elf.Open("/proc/self/exe")
	if err != nil {
		return "", fmt.Errorf("read this program's build ID: %w", err)
	}
	defer self.Close()
	note := self.Section(".note.go.buildid")
	if note == nil {
		return "", fmt.Errorf("this program has no build ID")
	}
	content, err := note.Data()
	if err != nil {
		return "", fmt.Errorf("read this program's build ID: %w", err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}

// processor is the name of the first one and what it can do, as the system tells; "" where it
// does not.
func processor() string {
	all, _ := os.ReadFile("/proc/cpuinfo")
	first, _, _ := strings.Cut(string(all), "\n\n")
	var lines []string
	for line := range strings.Lines(first) {
		name, _, _ := strings.Cut(line, "\t")
		switch strings.TrimSpace(name) {
		case "vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features", "CPU implementer", "CPU part", "CPU variant":
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
