// Command saliency times Sightline's maps beside the same maps of the usual
// Python stack, in one run on one machine, with the same weights, images and
// number of threads:
//
//	go run ./bench/saliency [-models resnet50,mobilenet_v2] [-rounds 5] [-work FOLDER]
//
// Every figure is measured once per round, in turn with what it is compared
// with; medians and the median of the rounds' ratios are printed. forward is ONNX
// Runtime alone on the exported file. The Python side is peer.py beside this
// file: plain PyTorch, after what the libraries' documentation has users do.
// The comparison "one process" starts bin/sightline and whole.py for one image.
// Needs bin/sightline (make build), Debian's python3-torch and python3-torchvision.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/ort"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("saliency: ")
	models := flag.String("models", "resnet50,mobilenet_v2,vit_b_16,resnet18", "torchvision architectures, by commas")
	rounds := flag.Int("rounds", 5, "rounds; medians are reported")
	only := flag.String("only", "", "only comparisons whose name contains this")
	work := flag.String("work", "", "folder for the exported models (default: a temporary one)")
	flag.Parse()
	if err := run(strings.Split(*models, ","), *rounds, *only, *work); err != nil {
		log.Fatal(err)
	}
}

// threads of every runtime that is measured.
const threads = 2

func run(models []string, rounds int, only, work string) error {
	if work == "" {
		var err error
		if work, err = os.MkdirTemp("", "saliency-*"); err != nil {
			return err
		}
		defer os.RemoveAll(work)
	}
	p, err := startPeer()
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := p.ask(question{Export: work, Models: models}); err != nil {
		return err
	}
	inputs, err := readFloats(filepath.Join(work, "inputs.f32"))
	if err != nil {
		return err
	}
	fmt.Println("model         comparison                                 forward     ours        Python      ours÷forward  Python÷ours")
	for _, name := range models { // first: a process begins with the memory of the one that starts it
		if err := compareProcess(name, work, rounds, only); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range models {
		if err := compareModel(p, name, filepath.Join(work, name+".onnx"), inputs, rounds, only); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func compareModel(p *peer, name, path string, inputs []float32, rounds int, only string) error {
	ctx := context.Background()
	spec, err := classifier.Inspect(ctx, path, classifier.Options{Preprocessing: "imagenet"})
	if err != nil {
		return err
	}
	model, err := openOnCores(spec)
	if err != nil {
		return err
	}
	defer model.Close()
	session, err := openFile(path)
	if err != nil {
		return err
	}
	defer session.Close()
	rankings, err := rank(ctx, model, inputs)
	if err != nil {
		return err
	}
	for _, c := range comparisons {
		if !strings.Contains(c.title(), only) || c.models != "" && !strings.Contains(c.models, name) {
			continue
		}
		forward := func() error { return runForwards(ctx, session, inputs, c.batch, c.forwards) }
		ours := func() error { return c.explain(ctx, model, inputs, rankings) }
		python := func() (float64, error) {
			return p.seconds(question{Model: name, Method: c.peer, Batch: c.batch, Steps: c.steps})
		}
		if err := c.measure(name, rounds, forward, ours, python); err != nil {
			return fmt.Errorf("%s: %w", c.title(), err)
		}
	}
	return nil
}

// measure interleaves the three and prints a line.
func (c comparison) measure(name string, rounds int, forward, ours func() error, python func() (float64, error)) error {
	var f, o, p, overhead, gain []float64
	for round := range rounds + 1 {
		tf, err := timed(forward)
		if err != nil {
			return err
		}
		to, err := timed(ours)
		if err != nil {
			return err
		}
		tp, err := python()
		if err != nil {
			return err
		}
		if round == 0 {
			continue // warm
		}
		f, o, p = append(f, tf), append(o, to), append(p, tp)
		overhead, gain = append(overhead, to/tf), append(gain, tp/to)
	}
	fmt.Printf("%-13s %-42s %8.1f ms %8.1f ms ", name, c.title(), 1e3*median(f), 1e3*median(o))
	if c.peer == "" {
		fmt.Printf("%11s  %8.2f\n", "", median(overhead))
		return nil
	}
	fmt.Printf("%8.1f ms  %8.2f  %12.2f\n", 1e3*median(p), median(overhead), median(gain))
	return nil
}

func timed(f func() error) (float64, error) {
	start := time.Now()
	err := f()
	return time.Since(start).Seconds(), err
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

func openFile(path string) (*ort.Session, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ort.Open(data, []string{"input"}, []string{"logits"}, ort.Options{Threads: threads})
}

// runForwards runs that many images in batches of batch.
func runForwards(ctx context.Context, s *ort.Session, inputs []float32, batch, count int) error {
	x := &ort.Tensor{Shape: []int64{int64(batch), 3, 224, 224}, Data: inputs[:batch*inputLen]}
	for done := 0; done < count; done += batch {
		if _, err := s.Run(ctx, x); err != nil {
			return err
		}
	}
	return nil
}
