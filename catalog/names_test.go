package catalog

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/sightline/sightline/dataset"
)

// Names are the same read through an open workspace and from the folder of a closed
// one; reading them leaves no trace.
func TestNames(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	if _, err := c.Import(ctx, "data", &dataset.Result{Source: dataset.Source{Root: "/images"}}); err != nil {
		t.Fatal(err)
	}
	for name, spec := range map[string]string{"another": `{"classes":["a","b","c"]}`, "model": `{}`} {
		if _, err := c.PutModel(ctx, name, "abc", []byte(spec), nil); err != nil {
			t.Fatal(err)
		}
	}
	open, err := c.Names(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ws.Close(); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	closed, err := ReadNames(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(open, closed) || !reflect.DeepEqual(before, listing(t, dir)) {
		t.Errorf("open %+v, closed %+v; files %v became %v", open, closed, before, listing(t, dir))
	}
	want := Names{[]string{"data"}, []ModelNames{{"another", []string{"a", "b", "c"}}, {"model", []string{}}}}
	if !reflect.DeepEqual(open, want) {
		t.Errorf("got %+v, want %+v", open, want)
	}
}

// Where there is no workspace, none is made.
func TestReadNamesMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ws")
	if _, err := ReadNames(ctx, dir); err == nil {
		t.Error("names of nothing")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
}

func listing(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		files = append(files, path+" "+info.ModTime().String())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
