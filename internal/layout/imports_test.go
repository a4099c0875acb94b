package layout

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sightline/sightline"

// file is a Go file of the product with the folders of ours that it imports.
type file struct {
	folder, name string
	imports      []string
}

// readFiles reads the imports of every Go file, tests left out.
func readFiles(t *testing.T) (files []file) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			hidden := strings.HasPrefix(entry.Name(), ".") && path != root
			if hidden || slices.Contains([]string{"testdata", "node_modules", "shared"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := readFile(root, path)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readFile(root, path string) (f file, err error) {
	inside, err := filepath.Rel(root, path)
	if err != nil {
		return f, err
	}
	f.folder, f.name = filepath.ToSlash(filepath.Dir(inside)), filepath.Base(inside)
	content, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), path, content, parser.ImportsOnly)
	if err != nil {
		return f, err
	}
	for _, spec := range syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return f, err
		}
		if name == module {
			f.imports = append(f.imports, ".")
		} else if folder, ours := strings.CutPrefix(name, module+"/"); ours {
			f.imports = append(f.imports, folder)
		}
	}
	return f, nil
}
