package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pathsDocument leads through the code, one step per line:
//
//	| `jobs/run.go` | `Manager.plan` | what it does |
const pathsDocument = "docs/paths.md"

// Every step of docs/paths.md is there.
func TestPaths(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", pathsDocument))
	if err != nil {
		t.Fatal(err)
	}
	walks, steps := strings.Count(string(content), "\n## "), 0
	for line := range strings.Lines(string(content)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		steps++
		file, function := names(cells[1])[0], names(cells[2])[0]
		if list := functions(t, file); !slices.Contains(list, function) {
			t.Errorf("%s: %s has no function %s: name where the step went", pathsDocument, file, function)
		}
	}
	if walks != 3 || steps < 40 {
		t.Errorf("read %d walks of %d steps", walks, steps)
	}
}

// Functions are told from methods, and from those that are not there.
func TestFunctionsAreFound(t *testing.T) {
	goes := functions(t, "jobs/run.go")
	script := functions(t, "ui/src/viz/overlay.ts")
	if !slices.Contains(goes, "Manager.plan") || !slices.Contains(goes, "cut") || slices.Contains(goes, "plan") || !slices.Contains(script, "render") || slices.Contains(script, "rend") {
		t.Errorf("found %v and %v", goes, script)
	}
}

// functions lists the functions of a file, methods as Type.Method.
func functions(t *testing.T, file string) (list []string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
	if err != nil {
		t.Errorf("%s: %v", pathsDocument, err)
		return nil
	}
	if filepath.Ext(file) != ".go" {
		return scriptFunctions(string(content))
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), file, content, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range syntax.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			list = append(list, nameOf(f))
		}
	}
	return list
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	switch generic := of.(type) {
	case *ast.IndexExpr:
		of = generic.X
	case *ast.IndexListExpr:
		of = generic.X
	}
	return of.(*ast.Ident).Name + "." + f.Name.Name
}

var scriptFunction = regexp.MustCompile(`\bfunction (\w+)`)

func scriptFunctions(content string) (list []string) {
	for _, match := range scriptFunction.FindAllStringSubmatch(content, -1) {
		list = append(list, match[1])
	}
	return list
}
