// Command scale measures what grows with the number of images, without any image: listing an
// object store, storing the list, storing evaluations, and asking of them.
//
//	go run ./bench/scale -listed 1000000
//	go run ./bench/scale -samples 10000000 -classes 10
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

func main() {
	log.SetFlags(0)
	listed := flag.Int("listed", 0, "objects to list and store")
	var size synthetic.Size
	flag.IntVar(&size.Samples, "samples", 0, "samples to evaluate")
	flag.IntVar(&size.Classes, "classes", 10, "classes of the evaluation")
	flag.Parse()
	var failed error
	if *listed > 0 {
		failed = errors.Join(failed, in(func(dir string) error { return listing(os.Stdout, dir, *listed) }))
	}
	if size.Samples > 0 {
		failed = errors.Join(failed, in(func(dir string) error { return evaluation(dir, size) }))
	}
	if failed != nil {
		log.Fatal(failed)
	}
}

// in lends a folder that goes again.
func in(do func(dir string) error) error {
	dir, err := os.MkdirTemp("", "sightline-scale-")
	if err != nil {
		return err
	}
	return errors.Join(do(dir), os.RemoveAll(dir))
}

// evaluation stores one, and asks of it.
func evaluation(dir string, size synthetic.Size) error {
	ctx := context.Background()
	s, err := stores.Open(ctx, dir, workspace.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	var spent synthetic.Spent
	size.Spent = &spent
	e, err := synthetic.Fill(ctx, s, size, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%d samples × %d classes\n", size.Samples, size.Classes)
	rate("the list of samples", size.Samples, spent.Import)
	rate("blocks, by workers", size.Samples, spent.Blocks)
	rate("results, by the server", size.Samples, spent.Ingest)
	bytes, err := bytesIn(dir)
	if err != nil {
		return err
	}
	fmt.Printf("  %-28s %.0f bytes a sample, %d MB in all\n", "on the disk", float64(bytes)/float64(size.Samples), bytes>>20)
	return ask(ctx, s, e.ID)
}

func rate(what string, n int, took time.Duration) {
	fmt.Printf("  %-28s %10.0f a second (%v)\n", what, float64(n)/took.Seconds(), took.Round(10*time.Millisecond))
}

// ask times what a page of the interface asks, thrice each.
func ask(ctx context.Context, s *stores.Stores, id string) error {
	cell, err := slice.Parse("label=class 0003&predicted=!class 0003")
	if err != nil {
		return err
	}
	for _, q := range []struct {
		name string
		ask  func() error
	}{
		{"the matrix", func() error { _, err := s.Results.Matrix(ctx, id, slice.Slice{}); return err }},
		{"images of a cell, a page", func() error { _, _, err := s.Results.Samples(ctx, id, cell, results.MostConfident, 0, 60); return err }},
		{"images by path, a page", func() error {
			_, _, err := s.Results.Samples(ctx, id, slice.Slice{}, results.ByPath, 0, 60)
			return err
		}},
		{"the curve of a class", func() error { _, err := s.Results.Curve(ctx, id, "", 3, 200); return err }},
	} {
		var took []time.Duration
		for range 3 {
			began := time.Now()
			if err := q.ask(); err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			took = append(took, time.Since(began))
		}
		first := took[0]
		slices.Sort(took)
		fmt.Printf("  %-28s %v at first, %v in the middle\n", q.name, first.Round(time.Millisecond), took[1].Round(time.Millisecond))
	}
	return nil
}

// bytesIn is what a folder holds.
func bytesIn(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				n += info.Size()
			}
		}
		return err
	})
	return n, err
}

// heap is how many bytes the program holds.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
