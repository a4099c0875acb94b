// Package owntest finds subtests that use the test of their parent.
//
// A helper that skips or fails must be given the test that runs it: FailNow and
// SkipNow end the goroutine of the caller, and called on the parent's test from a
// subtest they end the wrong one ("test executed panic(nil) or runtime.Goexit").
// Such a mistake shows only where something is missing and the helper really skips.
package owntest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// A Finding is one place where a subtest reaches its parent's test.
type Finding struct {
	Pos  token.Position
	Name string // the parent's variable, as written
}

func (f Finding) String() string {
	return fmt.Sprintf("%s: a subtest uses %s, its parent's test or something that keeps it: use the subtest's own", f.Pos, f.Name)
}

// Check returns the findings of one parsed file. It needs no imports of the file
// to be loaded: which variable a name means is all it asks the type checker.
func Check(fset *token.FileSet, file *ast.File) []Finding {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}, Importer: noImports{}}
	config.Check(file.Name.Name, fset, []*ast.File{file}, info) // errors about the imports are expected
	c := &checker{fset: fset, info: info, holders: map[types.Object]bool{}}
	c.tests = c.testVariables(file)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			c.function(f)
		}
	}
	return c.found
}

type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	return nil, fmt.Errorf("%s is not loaded", path)
}

type checker struct {
	fset    *token.FileSet
	info    *types.Info
	tests   map[types.Object]bool // parameters of type *testing.T, *testing.B, *testing.F or testing.TB
	holders map[types.Object]bool // variables that keep a test: closures over it, values with it in a field
	found   []Finding
}

// testVariables are the parameters of a testing type anywhere in the file.
func (c *checker) testVariables(file *ast.File) map[types.Object]bool {
	tests := map[types.Object]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncType)
		if !ok {
			return true
		}
		for _, field := range f.Params.List {
			for _, name := range field.Names {
				if isTesting(field.Type) {
					tests[c.info.Defs[name]] = true
				}
			}
		}
		return true
	})
	return tests
}

func isTesting(e ast.Expr) bool {
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "testing" && (s.Sel.Name == "T" || s.Sel.Name == "B" || s.Sel.Name == "F" || s.Sel.Name == "TB")
}

// function notes what keeps a test, then reads every subtest of one function.
func (c *checker) function(f *ast.FuncDecl) {
	ast.Inspect(f.Body, c.note)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if body := subtest(n); body != nil {
			c.subtest(body)
		}
		return true
	})
}

// note marks the variables whose value keeps a test for later: what is assigned
// to them holds a closure over it, or a composite with it in a field. A range
// over such a variable hands it on.
func (c *checker) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, value := range n.Rhs {
			if i < len(n.Lhs) && c.keeps(value) {
				c.hold(n.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, value := range n.Values {
			if c.keeps(value) {
				c.hold(n.Names[i])
			}
		}
	case *ast.RangeStmt:
		if c.keeps(n.X) && n.Value != nil {
			c.hold(n.Value)
		}
	}
	return true
}

func (c *checker) hold(e ast.Expr) {
	if name, ok := e.(*ast.Ident); ok {
		if object := c.object(name); object != nil {
			c.holders[object] = true
		}
	}
}

func (c *checker) object(name *ast.Ident) types.Object {
	if object := c.info.Defs[name]; object != nil {
		return object
	}
	return c.info.Uses[name]
}

// keeps reports whether the value of an expression still reaches a test when it
// is used later. Arguments of a call are used at once, so they do not count.
func (c *checker) keeps(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		object := c.object(e)
		return c.tests[object] || c.holders[object]
	case *ast.FuncLit:
		return c.captures(e)
	case *ast.CompositeLit:
		for _, element := range e.Elts {
			if c.keeps(element) {
				return true
			}
		}
	case *ast.KeyValueExpr:
		return c.keeps(e.Value)
	case *ast.UnaryExpr:
		return c.keeps(e.X)
	}
	return false
}

// captures reports whether a closure uses a test that is not its own parameter.
func (c *checker) captures(f *ast.FuncLit) bool {
	captured := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			if object := c.info.Uses[name]; c.tests[object] && !within(f, object.Pos()) {
				captured = true
			}
		}
		return !captured
	})
	return captured
}

// subtest returns the function of a call x.Run(name, func(…) {…}), nil if n is none.
func subtest(n ast.Node) *ast.FuncLit {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return nil
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "Run" {
		return nil
	}
	f, ok := call.Args[1].(*ast.FuncLit)
	if !ok || len(f.Type.Params.List) != 1 || !isTesting(f.Type.Params.List[0].Type) {
		return nil
	}
	return f
}

// subtest reports, once each, the variables from outside that are, or keep, a test.
func (c *checker) subtest(f *ast.FuncLit) {
	seen := map[types.Object]bool{}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		object := c.info.Uses[name]
		if object != nil && !seen[object] && (c.tests[object] || c.holders[object]) && !within(f, object.Pos()) {
			seen[object] = true
			c.found = append(c.found, Finding{Pos: c.fset.Position(name.Pos()), Name: name.Name})
		}
		return true
	})
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
