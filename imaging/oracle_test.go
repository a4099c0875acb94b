package imaging

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// python is Debian's interpreter, whose PIL, NumPy and torch are the oracles.
const python = "/usr/bin/python3"

// needPython skips the test if a module is missing; in continuous integration,
// where scripts/test-tools.sh installs them, it fails.
func needPython(t testing.TB, modules string) {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import "+modules).CombinedOutput(); err != nil {
		say := t.Skipf
		if os.Getenv("CI") != "" {
			say = t.Fatalf
		}
		say("needs %s with %s (apt-get install python3-pil python3-numpy python3-torch python3-opencv): %v %s", python, modules, err, bytes.TrimSpace(out))
	}
}

// runOracle runs a script of testdata, feeding it input as JSON, and decodes
// what it prints into output.
func runOracle(t testing.TB, script string, input, output any) {
	t.Helper()
	var stdin bytes.Buffer
	if err := json.NewEncoder(&stdin).Encode(input); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, filepath.Join("testdata", script))
	cmd.Stdin, cmd.Stderr = &stdin, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatalf("%s printed %.200q: %v", script, out, err)
	}
}

// corpusCase is one file of the corpus and the pixels PIL gives.
type corpusCase struct {
	Name, File, Pixels string
	Width, Height      int
	Exact              bool
}

func (c corpusCase) read(t testing.TB) (file, pixels []byte) {
	t.Helper()
	file, err := os.ReadFile(c.File)
	if err != nil {
		t.Fatal(err)
	}
	pixels, err = os.ReadFile(c.Pixels)
	if err != nil {
		t.Fatal(err)
	}
	return file, pixels
}

var corpusOnce struct {
	sync.Once
	dir string
	err error
}

// corpus writes the corpus once a test run and returns its cases.
func corpus(t testing.TB) []corpusCase {
	t.Helper()
	needPython(t, "PIL, numpy")
	corpusOnce.Do(func() {
		corpusOnce.dir, corpusOnce.err = os.MkdirTemp("", "sightline-corpus-")
		if corpusOnce.err != nil {
			return
		}
		cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "corpus.py"), corpusOnce.dir)
		cmd.Stderr = os.Stderr
		corpusOnce.err = cmd.Run()
	})
	if corpusOnce.err != nil {
		t.Fatal(corpusOnce.err)
	}
	data, err := os.ReadFile(filepath.Join(corpusOnce.dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []corpusCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, made := range []string{corpusOnce.dir, madeBenchFiles.dir} {
		if made != "" {
			os.RemoveAll(made)
		}
	}
	os.Exit(code)
}

// differing counts the bytes in which a and b differ, and the largest difference.
func differing(a, b []byte) (count, largest int) {
	for i := range a {
		if d := int(a[i]) - int(b[i]); d != 0 {
			count++
			largest = max(largest, d, -d)
		}
	}
	return count, largest
}
