package layout

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// Lines of a function, and methods of a type: more are the sign that it does several things.
const (
	longest = 45
	crowd   = 40
)

// Functions are short, and no type is a crowd unless the comment above it says why.
func TestFunctionsAndTypes(t *testing.T) {
	functions, methods, reasons := 0, map[string]int{}, map[string]string{}
	for _, f := range readFiles(t) {
		place := f.folder + "/" + f.name
		set, syntax := parsedAt(t, place)
		for _, d := range syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				functions++
				if n := linesOf(set, d); n > longest {
					t.Errorf("%s: %s has %d lines, more than %d: name a part of it and take it out", place, nameOf(d), n, longest)
				}
				if of, _, method := strings.Cut(nameOf(d), "."); method {
					methods[f.folder+"."+of]++
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok {
						reasons[f.folder+"."+s.Name.Name] = cmp.Or(s.Doc, d.Doc).Text()
					}
				}
			}
		}
	}
	if functions < 3000 {
		t.Errorf("saw only %d functions", functions)
	}
	for of, n := range methods {
		if n > crowd && !tellsWhy(reasons[of]) {
			t.Errorf("%s has %d methods, more than %d: split it by what they need, or say above it that it has many methods, because …", of, n, crowd)
		}
	}
}

// tellsWhy reports whether a comment gives a reason for many methods.
func tellsWhy(comment string) bool {
	words := strings.Fields(comment)
	many := slices.Index(words, "many")
	return many >= 0 && slices.Contains(words[many:], "because")
}

func linesOf(set *token.FileSet, d *ast.FuncDecl) int {
	return set.Position(d.End()).Line - set.Position(d.Pos()).Line + 1
}

// Long functions are found, and comments without a reason.
func TestLongFunctionsAreFound(t *testing.T) {
	set, syntax := parsedText(t, "package a\n\n// Many words.\nfunc (x *y) z() {\n"+strings.Repeat("\tz()\n", 44)+"}\n")
	if n := linesOf(set, syntax.Decls[0].(*ast.FuncDecl)); n != 46 {
		t.Errorf("counted %d lines", n)
	}
	if !tellsWhy("Store keeps it. It has\nmany methods, because it is asked\nin many ways.") || tellsWhy("Store keeps it, because many ask.") || tellsWhy("") {
		t.Error("reasons are not told from other words")
	}
}
