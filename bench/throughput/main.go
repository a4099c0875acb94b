// Command throughput compares an evaluation with its ceiling, all in one run:
//
//	go run ./bench/throughput -model mobilenet_v2.onnx -photos FOLDER [-n 1000] [-rounds 3]
//
// The ceiling is N ÷ (T₁ + T₂), where T₁ is the wall time of ONNX Runtime alone
// on the original file over preloaded tensors, at its best batch size and thread
// setting, and T₂ the wall time of decoding and preprocessing the N files on all
// cores. The product's figure is N ÷ the duration of the job that `sightline
// evaluate` reports. Each is measured once per round, in turn, and the medians
// and the ratio are printed, then the time from `sightline open` on 200 photos to
// the matrix.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"time"

	"github.com/sightline/sightline/bench/internal/floor"
	"github.com/sightline/sightline/imaging"
)

type settings struct {
	model, photos, binary string
	n, rounds             int
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("throughput: ")
	var s settings
	flag.StringVar(&s.model, "model", "", "an ONNX classifier with input 3×224×224 and a dynamic batch")
	flag.StringVar(&s.photos, "photos", "", "a folder of class folders of JPEG files")
	flag.StringVar(&s.binary, "sightline", "bin/sightline", "the product")
	flag.IntVar(&s.n, "n", 1000, "how many files to evaluate (those of -photos, repeated)")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds; medians are reported")
	flag.Parse()
	if err := run(s); err != nil {
		log.Fatal(err)
	}
}

func run(s settings) error {
	dir, err := os.MkdirTemp("", "throughput-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files, err := multiply(s.photos, filepath.Join(dir, "photos"), s.n)
	if err != nil {
		return err
	}
	best, err := floor.Best(os.Stdout, s.model)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d files, ONNX Runtime's best: %s\n", filepath.Base(s.model), len(files), best)
	var alone, decode, product []float64
	for range s.rounds {
		t1, err := best.Time(s.model, len(files))
		if err != nil {
			return err
		}
		t2, err := preprocessAll(files)
		if err != nil {
			return err
		}
		t3, err := evaluate(s, dir)
		if err != nil {
			return err
		}
		alone, decode, product = append(alone, t1.Seconds()), append(decode, t2.Seconds()), append(product, t3.Seconds())
	}
	n := float64(len(files))
	ceiling, got := n/(median(alone)+median(decode)), n/median(product)
	fmt.Printf("ONNX Runtime alone %.2f s, decode and preprocess %.2f s: ceiling %.1f images/s; evaluation %.2f s: %.1f images/s; ratio %.3f\n",
		median(alone), median(decode), ceiling, median(product), got, got/ceiling)
	return reportFirstLook(s, dir, best)
}

// multiply links the photos under dir until there are n of them, each with a
// byte of its own at the end so that none is a duplicate.
func multiply(photos, dir string, n int) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(photos, "*", "*.[jJ]*"))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("no files in the class folders of %s", photos)
	}
	var files []string
	for i := range n {
		source := found[i%len(found)]
		data, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		target := filepath.Join(dir, filepath.Base(filepath.Dir(source)), fmt.Sprintf("%06d%s", i, filepath.Ext(source)))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return nil, err
		}
		data = append(data, byte(i), byte(i>>8), byte(i>>16))
		if err := os.WriteFile(target, data, 0o644); err != nil {
			return nil, err
		}
		files = append(files, target)
	}
	return files, nil
}

func preprocessAll(files []string) (time.Duration, error) {
	settings, _ := imaging.Preset("imagenet")
	work := make(chan string, len(files))
	for _, f := range files {
		work <- f
	}
	close(work)
	start := time.Now()
	err := floor.Parallel(runtime.NumCPU(), func() error {
		pixels := make([]float32, 3*224*224)
		for path := range work {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			im, err := imaging.Decode(data, imaging.Limits{})
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if _, err := settings.Apply(im, pixels, imaging.NCHW); err != nil {
				return err
			}
		}
		return nil
	})
	return time.Since(start), err
}

// evaluate imports the photos and the model into a fresh workspace, evaluates,
// and returns the duration of the evaluation's job.
func evaluate(s settings, dir string) (time.Duration, error) {
	workspace := filepath.Join(dir, "workspace")
	defer os.RemoveAll(workspace)
	var out []byte
	for _, verb := range [][]string{
		{"import", filepath.Join(dir, "photos"), "--name", "photos"},
		{"model", "add", s.model, "--name", "model", "--preprocessing", "imagenet"},
		{"evaluate", "photos", "model"},
		{"jobs", "list"},
	} {
		cmd := exec.Command(s.binary, append(verb, "--workspace", workspace, "--json")...)
		var err error
		if out, err = cmd.Output(); err != nil {
			if exit, ok := err.(*exec.ExitError); ok {
				os.Stderr.Write(exit.Stderr)
			}
			return 0, fmt.Errorf("sightline %s: %w", verb[0], err)
		}
	}
	var answer struct {
		Jobs []struct {
			Kind              string
			Started, Finished time.Time
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return 0, fmt.Errorf("read the answer of jobs: %w", err)
	}
	for _, job := range answer.Jobs {
		if job.Kind == "evaluate" {
			return job.Finished.Sub(job.Started), nil
		}
	}
	return 0, errors.New("sightline jobs lists no evaluation")
}

func median(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	sort.Float64s(sorted)
	return sorted[len(sorted)/2]
}
