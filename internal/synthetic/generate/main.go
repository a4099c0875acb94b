// Command generate makes a workspace of many classes with made-up scores, to
// try the interface at scale:
//
//	go run ./internal/synthetic/generate FOLDER
//	bin/sightline serve --workspace FOLDER
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

func main() {
	var size synthetic.Size
	flag.IntVar(&size.Samples, "samples", 20_000, "number of samples")
	flag.IntVar(&size.Classes, "classes", 1000, "number of classes")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/synthetic/generate [-samples N] [-classes N] FOLDER")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := generate(context.Background(), flag.Arg(0), size); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(ctx context.Context, folder string, size synthetic.Size) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	size.Root = filepath.Join(folder, "images")
	if err := synthetic.WriteImages(size.Root, size.Samples); err != nil {
		return err
	}
	w, err := stores.Open(ctx, folder, workspace.Options{})
	if err != nil {
		return err
	}
	defer w.Close()
	e, err := synthetic.Fill(ctx, w, size, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%s in %s: serve it with bin/sightline serve --workspace %[2]s\n", e.ID, folder)
	return nil
}
