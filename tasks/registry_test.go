package tasks

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline/sightline/task"
)

// Every folder beside this file is a kind of work: its two halves are in the registry, so
// that none is written and then forgotten.
func TestEveryFolderIsRegistered(t *testing.T) {
	syntax, err := parser.ParseFile(token.NewFileSet(), "tasks.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var imported []string
	for _, spec := range syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if _, folder, ok := strings.Cut(name, "/tasks/"); ok {
			imported = append(imported, folder)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	folders := 0
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "testdata" {
			continue
		}
		folders++
		for _, half := range []string{e.Name(), e.Name() + "/work"} {
			if files, err := filepath.Glob(filepath.Join(half, "*.go")); err != nil || len(files) == 0 {
				t.Errorf("tasks/%s has no Go files: a kind of work has two halves", half)
			}
			if !slices.Contains(imported, half) {
				t.Errorf("tasks/%s is not in the registry: add it to tasks.go", half)
			}
		}
		if _, err := os.Stat(filepath.Join(e.Name(), "wire.go")); err != nil {
			t.Errorf("what travels between the halves of %s is part of its wire.go: %v", e.Name(), err)
		}
	}
	if len(imported) != 2*folders || len(registry()) != folders {
		t.Errorf("%d folders, %d kinds, imports %v", folders, len(registry()), imported)
	}
}

// The halves of a kind have one name and one job between them; names of jobs are those
// that are stored in workspaces, and no call has two meanings.
func TestHalvesBelongTogether(t *testing.T) {
	server, worker := Plan(&task.Server{}), Work(here(t))
	var withJobs []string
	calls := map[string]string{}
	for i, s := range server {
		w := worker[i]
		if s.Name != w.Name || s.Name == "" {
			t.Errorf("the halves of kind %d are named %q and %q", i, s.Name, w.Name)
		}
		if (s.Planner != nil) != (w.Work != nil) {
			t.Errorf("%s: planned is %v, worked on is %v", s.Name, s.Planner != nil, w.Work != nil)
		}
		if s.Planner != nil {
			withJobs = append(withJobs, s.Name)
		}
		for name := range w.Calls {
			if calls[name] != "" {
				t.Errorf("%s and %s both answer %s", calls[name], s.Name, name)
			}
			calls[name] = s.Name
		}
	}
	slices.Sort(withJobs)
	if want := []string{"concepts", "evaluate", "explain", "import", "jitter", "measure", "project", "whatif"}; !slices.Equal(withJobs, want) {
		t.Errorf("kinds of jobs %v, want %v: old workspaces have jobs of these", withJobs, want)
	}
}
