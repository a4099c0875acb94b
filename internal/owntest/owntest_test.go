package owntest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// The repository itself: no subtest of any package uses its parent's test.
func TestSubtestsUseTheirOwnTest(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		for _, f := range checkFile(t, path, nil) {
			t.Error(f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Fatalf("read %d test files: the walk no longer finds them", files)
	}
}

// Every kind of reaching a parent's test is found, and what is sound is not.
func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		wants int
	}{
		"own":                    {`t.Run("a", func(t *testing.T) { t.Skip() })`, 0},
		"another name":           {`t.Run("a", func(st *testing.T) { t.Skip() })`, 1},
		"no name":                {`t.Run("a", func(*testing.T) { t.Skip() })`, 1},
		"a closure":              {`open := func() { t.Skip() }; t.Run("a", func(t *testing.T) { open() })`, 1},
		"a closure used outside": {`open := func() { t.Skip() }; open(); t.Run("a", func(t *testing.T) { t.Log() })`, 0},
		"a closure given one":    {`open := func(t *testing.T) { t.Skip() }; t.Run("a", func(t *testing.T) { open(t) })`, 0},
		"a table of closures":    {`for _, c := range []struct{ open func() }{{func() { t.Skip() }}} { t.Run("a", func(t *testing.T) { c.open() }) }`, 1},
		"a kept table":           {`table := map[string]func(){"x": func() { t.Skip() }}; for name, open := range table { t.Run(name, func(t *testing.T) { open() }) }`, 1},
		"a field":                {`a := Archive{T: t}; t.Run("a", func(t *testing.T) { a.Read() })`, 1},
		"an argument":            {`a := Read(t); t.Run("a", func(t *testing.T) { a.Use() })`, 0},
		"nested":                 {`t.Run("a", func(t *testing.T) { t.Run("b", func(t *testing.B) { t.Skip() }) })`, 0},
		"nested, the middle one": {`t.Run("a", func(x *testing.T) { x.Run("b", func(t *testing.T) { x.Skip() }) })`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			source := "package p\nimport \"testing\"\nfunc TestX(t *testing.T) {\n" + c.body + "\n}\n"
			if found := checkFile(t, "x_test.go", source); len(found) != c.wants {
				t.Errorf("found %v, want %d", found, c.wants)
			}
		})
	}
}

func checkFile(t *testing.T, path string, source any) []Finding {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return Check(fset, file)
}
