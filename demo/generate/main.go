// Command generate draws the images the demo's models are trained on, or sheets of them to look at.
//
//	go run ./demo/generate -out DIR                     # the training editions of all datasets
//	go run ./demo/generate -out DIR -dataset groceries  # of one
//	go run ./demo/generate -out DIR -demo               # what the product writes on the user's machine
//	go run ./demo/generate -out DIR -sheets             # and DIR/NAME.png, sheets of its test images
//
// -train, -val and -test are the images per class.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/sightline/sightline/demo"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal("generate: ", err)
	}
}

// run reads the flags and writes.
func run(ctx context.Context) error {
	out := flag.String("out", "", "folder to write to (required)")
	only := flag.String("dataset", "", "write only this dataset")
	whole := flag.Bool("demo", false, "write the demo as the product does, models included")
	train := flag.Int("train", 400, "training images per class")
	val := flag.Int("val", 40, "validation images per class")
	test := flag.Int("test", 60, "test images per class")
	sheets := flag.Bool("sheets", false, "also write a sheet of each dataset's first test images, DIR/NAME.png")
	flag.Parse()
	if *out == "" {
		return fmt.Errorf("-out DIR is missing")
	}
	names := demo.Datasets()
	if *only != "" {
		names = []string{*only}
	}
	counts := map[string]int{"train": *train, "val": *val, "test": *test}
	if err := write(ctx, *out, names, counts, *whole); err != nil {
		return err
	}
	for _, name := range names {
		if !*sheets {
			break
		}
		if err := writeSheet(filepath.Join(*out, name+".png"), filepath.Join(*out, name), 8); err != nil {
			return err
		}
	}
	return nil
}

// write draws the demo as the product does, or the training editions of the named datasets.
func write(ctx context.Context, out string, names []string, counts map[string]int, whole bool) error {
	if whole {
		return demo.Write(ctx, out, show)
	}
	for _, name := range names {
		if err := demo.WriteTraining(ctx, out, name, counts, show); err != nil {
			return err
		}
	}
	return nil
}

// show prints progress on one line.
func show(done, total int) {
	if done%400 == 0 || done == total {
		fmt.Fprintf(os.Stderr, "%d of %d files\n", done, total)
	}
}
