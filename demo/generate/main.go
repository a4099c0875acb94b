// Command generate draws the pictures the demo's models are trained on, or sheets of them to look at.
//
//	go run ./demo/generate -out DIR                     # the training editions of all datasets
//	go run ./demo/generate -out DIR -dataset groceries  # of one
//	go run ./demo/generate -out DIR -demo               # what the product writes on the user's machine
//
// -train, -val and -test are the pictures per class.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

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
	train := flag.Int("train", 500, "training pictures per class")
	val := flag.Int("val", 50, "validation pictures per class")
	test := flag.Int("test", 60, "test pictures per class")
	flag.Parse()
	if *out == "" {
		return fmt.Errorf("-out DIR is missing")
	}
	if *whole {
		return demo.Write(ctx, *out, show)
	}
	names := demo.Datasets()
	if *only != "" {
		names = []string{*only}
	}
	for _, name := range names {
		counts := map[string]int{"train": *train, "val": *val, "test": *test}
		if err := demo.WriteTraining(ctx, *out, name, counts, show); err != nil {
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
