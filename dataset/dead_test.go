package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/deaddrive"
	"github.com/sightline/sightline/internal/files"
)

// classFolders writes folders of so many PNGs each.
func classFolders(t *testing.T, each int, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		for i := range each {
			write(t, filepath.Join(root, name, fmt.Sprintf("%d.png", i)), pngOf(10*i, 3, 2))
		}
	}
	return root
}

// A folder and a file that do not answer are set aside with the reason, and the rest is read.
func TestSilentFilesAreSetAside(t *testing.T) {
	root := classFolders(t, 5, "a", "b", "c")
	deaddrive.Mount(t, filepath.Join(root, "b"))
	deaddrive.Mount(t, filepath.Join(root, "c", "3.png"))
	r, err := ScanWith(context.Background(), files.NewWaiter(300*time.Millisecond), Source{Root: root}, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := 0
	for _, s := range r.Samples {
		switch s.Path {
		case "b", "c/3.png":
			if !strings.Contains(s.Problem, "the drive does not answer") {
				t.Errorf("%s: %q", s.Path, s.Problem)
			}
		default:
			if good++; s.Problem != "" || s.Width != 3 {
				t.Errorf("%s: %q, %d pixels wide", s.Path, s.Problem, s.Width)
			}
		}
	}
	if good != 9 || len(r.Samples) != 11 {
		t.Errorf("%d samples, %d of them good", len(r.Samples), good)
	}
}

// Where nothing answers, the scan ends soon, and says so; who cancels does not wait at all.
func TestSilentDriveEndsTheScan(t *testing.T) {
	for name, dead := range map[string]func(t *testing.T, root string) Source{
		"root":    func(t *testing.T, root string) Source { deaddrive.Mount(t, root); return Source{Root: root} },
		"folders": func(t *testing.T, root string) Source { mountAll(t, root, "?"); return Source{Root: root} },
		"files":   func(t *testing.T, root string) Source { mountAll(t, root, "*/*.png"); return Source{Root: root} },
		"table": func(t *testing.T, root string) Source {
			table := filepath.Join(t.TempDir(), "labels.csv")
			if err := os.WriteFile(table, []byte("path,label\na/0.png,x\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			deaddrive.Mount(t, table)
			return Source{Root: root, Labels: table}
		},
		"regions": func(t *testing.T, root string) Source {
			regions := t.TempDir()
			deaddrive.Mount(t, regions)
			return Source{Root: root, Regions: []string{regions}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			src := dead(t, classFolders(t, 10, "a", "b", "c", "d"))
			began := time.Now()
			_, err := ScanWith(context.Background(), files.NewWaiter(200*time.Millisecond), src, nil)
			if !errors.Is(err, files.ErrNoAnswer) || time.Since(began) > 20*time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			began = time.Now()
			if _, err := ScanWith(ctx, files.NewWaiter(time.Hour), src, nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 20*time.Second {
				t.Errorf("cancelled, after %v: %v", time.Since(began), err)
			}
		})
	}
}

func mountAll(t *testing.T, root, pattern string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(list) < mostSilent {
		t.Fatalf("%d of %s: %v", len(list), pattern, err)
	}
	for _, name := range list {
		deaddrive.Mount(t, name)
	}
}
