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
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"time"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
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
	best, err := bestSetting(s.model)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d files, ONNX Runtime's best: batch %d, %d session(s) of %d thread(s)\n", filepath.Base(s.model), len(files), best.batch, best.sessions, best.threads)
	var alone, decode, product []float64
	for range s.rounds {
		t1, err := best.time(s.model, len(files))
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

// A setting is a way to run ONNX Runtime on this machine.
type setting struct{ batch, sessions, threads int }

func bestSetting(model string) (setting, error) {
	cores := runtime.NumCPU()
	var best setting
	fastest := time.Duration(1 << 62)
	for _, batch := range []int{1, 2, 4, 8, 16, 32} {
		for _, s := range []setting{{batch, 1, cores}, {batch, cores, 1}} {
			took, err := s.time(model, 64)
			if err != nil {
				return best, err
			}
			fmt.Printf("  batch %2d, %d session(s) of %d thread(s): %.1f images/s\n", batch, s.sessions, s.threads, 64/took.Seconds())
			if took < fastest {
				fastest, best = took, s
			}
		}
	}
	return best, nil
}

// time returns the wall time of n inferences, after a warm-up, not counting the
// loading of the model.
func (s setting) time(path string, n int) (time.Duration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	m, err := onnx.Parse(data)
	if err != nil {
		return 0, err
	}
	input, output := m.Graph.RequiredInputs()[0].Name, m.Graph.Outputs[0].Name
	session, err := ort.Open(data, []string{input}, []string{output}, ort.Options{Threads: s.threads})
	if err != nil {
		return 0, err
	}
	defer session.Close()
	pixels := make([]float32, s.batch*3*224*224)
	for i := range pixels {
		pixels[i] = rand.Float32() - 0.5
	}
	tensor := &ort.Tensor{Shape: []int64{int64(s.batch), 3, 224, 224}, Data: pixels}
	if err := runMany(session, tensor, s.sessions, s.sessions); err != nil {
		return 0, err
	}
	start := time.Now()
	err = runMany(session, tensor, (n+s.batch-1)/s.batch, s.sessions)
	return time.Since(start), err
}

func runMany(session *ort.Session, tensor *ort.Tensor, times, workers int) error {
	work := make(chan struct{}, times)
	for range times {
		work <- struct{}{}
	}
	close(work)
	return parallel(workers, func() error {
		for range work {
			if _, err := session.Run(context.Background(), tensor); err != nil {
				return err
			}
		}
		return nil
	})
}

func parallel(workers int, f func() error) error {
	var group sync.WaitGroup
	failures := make(chan error, workers)
	for range workers {
		group.Go(func() {
			if err := f(); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

func preprocessAll(files []string) (time.Duration, error) {
	settings, _ := imaging.Preset("imagenet")
	work := make(chan string, len(files))
	for _, f := range files {
		work <- f
	}
	close(work)
	start := time.Now()
	err := parallel(runtime.NumCPU(), func() error {
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
