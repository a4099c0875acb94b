package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/workspace"
)

// largeServer serves 20,000 × 100 generated scores; SIGHTLINE_BENCH_LARGE=FOLDER
// makes them a million × 1,000 (4 GB), generated into FOLDER once.
func largeServer(b *testing.B) (*server.Server, int) {
	b.Helper()
	dir, size := b.TempDir(), synthetic.Size{Samples: 20_000, Classes: 100}
	if kept := os.Getenv("SIGHTLINE_BENCH_LARGE"); kept != "" {
		dir, size = filepath.Join(kept, "workspace"), synthetic.Size{Samples: 1_000_000, Classes: 1000}
	}
	fill(b, dir, size)
	s, err := server.Start(context.Background(), server.Options{Tasks: tasks.Plan, Workspace: dir, Listen: "127.0.0.1:0", Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(context.Background()) })
	return s, size.Classes
}

func fill(b *testing.B, dir string, size synthetic.Size) {
	b.Helper()
	w, err := stores.Open(context.Background(), dir, workspace.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	e, err := w.Results.Evaluation(context.Background(), results.EvaluationID("synthetic", "random"))
	if err == nil && e.State == results.EvaluationDone {
		return
	}
	if _, err := synthetic.Fill(context.Background(), w, size, func(int) {}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkAPI measures what the interface asks for, over HTTP, as it changes
// threshold, cell and class.
func BenchmarkAPI(b *testing.B) {
	s, classes := largeServer(b)
	evaluation := s.URL() + "/api/evaluations/" + results.EvaluationID("synthetic", "random")
	for name, address := range map[string]func(i int) string{
		"matrix at a changed threshold":  func(i int) string { return fmt.Sprintf("/matrix?threshold=0.%02d", i%97) },
		"figures at a changed threshold": func(i int) string { return fmt.Sprintf("?threshold=0.%02d", i%97) },
		"first page of a cell": func(i int) string {
			return fmt.Sprintf("/samples?label=%d&predicted=%d&threshold=0.1&limit=60", i%(classes-1), i%(classes-1)+1)
		},
		"curve of a class": func(i int) string { return fmt.Sprintf("/curve/%d", i*7%classes) },
		"histogram":        func(int) string { return "/histogram" },
		"sample in a cell": func(i int) string { return fmt.Sprintf("/samples/%d?label=%d", 1+i, i%classes) },
	} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				get(b, evaluation+address(i))
			}
			b.ReportMetric(residentMiB(), "MiB-resident")
		})
	}
}

func get(b *testing.B, address string) {
	b.Helper()
	res, err := http.Get(address)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s: %.200s", address, res.Status, content)
	}
}

// residentMiB is the most memory this process, the server in it, has had.
func residentMiB() float64 {
	content, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(content)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kib / 1024
		}
	}
	return 0
}
