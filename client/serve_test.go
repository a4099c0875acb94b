package client_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/worker"
)

// dir has the workspace and the material of the examples while the tests run.
var (
	dir     string
	running *server.Server
)

// TestMain lets the test binary stand in for the worker program, and takes the server of
// the examples away.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		check(worker.Run(context.Background(), 0, tasks.Work))
		return
	}
	code := m.Run()
	if running != nil {
		check(running.Close(context.Background()))
		check(os.RemoveAll(dir))
	}
	os.Exit(code)
}

// serve starts a server, once for all examples, and writes images of three colours and a
// model that tells them apart.
func serve() (address, folder string) {
	if running == nil {
		var err error
		dir, err = os.MkdirTemp("", "sightline-client-")
		check(err)
		photos := filepath.Join(dir, "photos")
		check(errors.Join(
			fixture.WriteImages(photos, []string{"red", "green", "blue"}, 4), fixture.WriteModel(filepath.Join(dir, "net.onnx"), "layered"),
			os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("red\ngreen\nblue\n"), 0o644),
			os.Rename(filepath.Join(photos, "red", "03.png"), filepath.Join(photos, "blue", "wrong.png"))))
		running, err = server.Start(context.Background(), server.Options{Tasks: tasks.Plan, Workspace: filepath.Join(dir, "workspace"), Listen: "127.0.0.1:0", Version: "test", Stderr: os.Stderr})
		check(err)
	}
	return running.URL(), dir
}

// Every method of the client is called by a verb or the report, or shown in an example.
func TestNoMethodIsWithoutACaller(t *testing.T) {
	called := map[string]bool{}
	for _, pattern := range []string{filepath.Join("..", "cmd", "sightline", "*.go"), filepath.Join("..", "report", "*.go"), "example_test.go"} {
		for _, f := range parse(t, pattern) {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					called[s.Sel.Name] = true
				}
				return true
			})
		}
	}
	methods := 0
	for _, f := range parse(t, "*.go") {
		for _, d := range f.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() || !strings.Contains(receiver(f), "Client") {
				continue
			}
			methods++
			if !called[f.Name.Name] {
				t.Errorf("no verb and no example calls Client.%s: show what it is for, or delete it", f.Name.Name)
			}
		}
	}
	if methods < 30 {
		t.Errorf("found only %d methods", methods)
	}
}

func receiver(f *ast.FuncDecl) string {
	if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		if name, ok := star.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}

func parse(t *testing.T, pattern string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") && name != "example_test.go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}
