package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/thorough"
)

// Imports are those that docs/architecture.md allows, and the table there allows none
// that is not needed.
func TestImports(t *testing.T) {
	table, files := readTable(t), readFiles(t)
	if *update {
		rewrite(t, table, files)
		table = readTable(t)
	}
	if len(table) < 10 || len(files) < 100 {
		t.Fatalf("read %d lines and %d files", len(table), len(files))
	}
	for _, fault := range faults(table, files) {
		t.Error(fault + " (`go test ./internal/layout -update` writes the table anew; read the difference)")
	}
}

// Every kind of fault is found.
func TestFaultsAreFound(t *testing.T) {
	table := []row{{"a", []string{"b", "c"}}, {"a/own.go", []string{"d"}}, {"b", []string{"a"}}, {"c", nil}, {"d", nil}, {"gone", nil}}
	files := []file{
		{"a", "x.go", []string{"b", "d"}}, {"a", "own.go", []string{"d"}}, {"b", "x.go", []string{"a"}},
		{"c", "x.go", []string{"internal/shared"}}, {"d", "x.go", nil}, {"new", "x.go", nil}, {"internal/shared", "x.go", nil}, {"bench/x", "x.go", []string{"new"}},
	}
	want := []string{
		"a/x.go imports d,", "c/x.go imports internal/shared,", "`a` to import `c`, which it does not", "`b` may import `a`, which has no line below it",
		"a line for `gone`", "new has no line", "internal/shared has no line",
	}
	got := faults(table, files)
	for _, fault := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, fault) }) {
			t.Errorf("%q is not found", fault)
		}
	}
	if len(got) != len(want) {
		t.Errorf("found %q", got)
	}
}

// Verbs are clients of the API: what one of them needs beside it stands on a line of its own.
func TestVerbsAreClients(t *testing.T) {
	table := readTable(t)
	i, ok := find(table, "cmd/sightline", "")
	if !ok {
		t.Fatal("verbs have no line")
	}
	for _, folder := range table[i].may {
		if !slices.Contains([]string{"client", "server/api", "slice"}, folder) && !strings.HasPrefix(folder, "internal/") {
			t.Errorf("all verbs may import %s: put it behind the API, or give the verb's file a line of its own in %s", folder, document)
		}
	}
}

// A program with the client depends on it, on the contract, and on the standard
// library; it builds without cgo.
func TestTheClientIsPure(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{.CgoFiles}}{{end}}", module+"/client").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Fields(string(out)), []string{module + "/server/api[]", module + "/client[]"}; !slices.Equal(got, want) {
		t.Errorf("the client depends on %v, want %v", got, want)
	}
	thorough.Only(t) // the standard library is compiled anew without cgo
	build := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "program"), "./testdata/program")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if message, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, message)
	}
}
