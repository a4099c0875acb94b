package imaging

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A mutant is a damaged file and what PIL makes of it.
type mutant struct {
	Name          string
	At, Length    int
	Error         *string // PIL's; nil where it decodes
	Width, Height int
	Pixels        int
	data, pixels  []byte
}

// mutants damages files of the corpus and asks PIL.
func mutants(t *testing.T, count int) []mutant {
	t.Helper()
	corpus(t)
	out := filepath.Join(t.TempDir(), "mutants")
	cmd := exec.Command(python, filepath.Join("testdata", "mutants.py"), corpusOnce.dir, out, fmt.Sprint(count), "20261128")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out + ".data")
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	var all []mutant
	for lines := bufio.NewScanner(index); lines.Scan(); {
		var m mutant
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		m.data = bytes.Clone(data[m.At : m.At+m.Length])
		if m.Error == nil {
			m.pixels = data[m.Pixels : m.Pixels+3*m.Width*m.Height]
		}
		all = append(all, m)
	}
	return all
}

// outcome compares a decode with PIL's: "" where they agree.
func (m mutant) outcome() string {
	im, err := Decode(m.data, Limits{})
	switch {
	case err != nil && m.Error != nil:
		return ""
	case err != nil:
		return fmt.Sprintf("refused: %v", err)
	case m.Error != nil:
		return "accepted: " + *m.Error
	case im.Width != m.Width || im.Height != m.Height:
		return fmt.Sprintf("differs: %d×%d, PIL %d×%d", im.Width, im.Height, m.Width, m.Height)
	}
	if n, largest := differing(im.Pix, m.pixels); n > 0 {
		return fmt.Sprintf("differs: %d of %d bytes, by up to %d", n, len(m.pixels), largest)
	}
	return ""
}

// TestMutantsAsPIL damages 3,000 files from a fixed seed: a damaged file must be
// refused where PIL refuses it (at most 0.2 % are not), read where PIL reads it (at
// most 1 % are not), and then to the same pixels. testdata/mutants.txt lists every
// file on which the two differ, with the reason; stated limits of docs/images.md
// do not count as refused.
func TestMutantsAsPIL(t *testing.T) {
	listed := listedMutants(t)
	all := mutants(t, 3000)
	var read, refused, accepted int
	for _, m := range all {
		got, reason := m.outcome(), listed[m.Name]
		kind, _, _ := strings.Cut(got, ":")
		switch {
		case got == "" && reason != "":
			t.Errorf("%s is listed in testdata/mutants.txt, and is as in PIL: delete the line", m.Name)
		case got != "" && reason == "":
			t.Errorf("%s: %s: find out why, and list it in testdata/mutants.txt if it must be", m.Name, got)
		case kind == "refused" && !strings.HasPrefix(reason, "limit: "):
			refused++
		case kind == "accepted":
			accepted++
		}
		if m.Error == nil {
			read++
		}
	}
	t.Logf("of %d damaged files PIL reads %d; refused here of those: %d; accepted here of the others: %d", len(all), read, refused, accepted)
	if 100*refused > read {
		t.Errorf("%d of the %d files that PIL reads are refused, more than 1 %%", refused, read)
	}
	if 1000*accepted > 2*(len(all)-read) {
		t.Errorf("%d of the %d files that PIL refuses are accepted, more than 0.2 %%", accepted, len(all)-read)
	}
}

// listedMutants reads the reasons by name. They belong to the PIL of Debian 12.
func listedMutants(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "mutants.txt"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, reason, ok := strings.Cut(line, " | ")
		if !ok {
			t.Fatalf("testdata/mutants.txt: %q is not NAME | REASON", line)
		}
		listed[name] = reason
	}
	return listed
}
