// Package floor times ONNX Runtime alone: the least that any use of a model takes on a
// machine.
package floor

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// Setting is a way to run ONNX Runtime.
type Setting struct{ Batch, Sessions, Threads int }

func (s Setting) String() string {
	return fmt.Sprintf("batch %d, %d session(s) of %d thread(s)", s.Batch, s.Sessions, s.Threads)
}

// Best tries six batch lengths, or the one that the model has, and two ways to use the cores
// on a model with input 3×224×224, and tells w what each gives.
func Best(w io.Writer, model string) (Setting, error) {
	cores := runtime.NumCPU()
	var best Setting
	fastest := time.Duration(1 << 62)
	batches, err := batchesOf(model)
	if err != nil {
		return best, err
	}
	for _, batch := range batches {
		for _, s := range []Setting{{batch, 1, cores}, {batch, cores, 1}} {
			took, err := s.Time(model, 64)
			if err != nil {
				return best, err
			}
			fmt.Fprintf(w, "  %s: %.1f images/s\n", s, 64/took.Seconds())
			if took < fastest {
				fastest, best = took, s
			}
		}
	}
	return best, nil
}

// batchesOf are the batch lengths to try on a model.
func batchesOf(model string) ([]int, error) {
	data, err := os.ReadFile(model)
	if err != nil {
		return nil, err
	}
	m, err := onnx.Parse(data)
	if err != nil {
		return nil, err
	}
	if fixed := m.Graph.RequiredInputs()[0].Shape[0].Size; fixed > 0 {
		return []int{int(fixed)}, nil
	}
	return []int{1, 2, 4, 8, 16, 32}, nil
}

// Time returns the wall time of n inferences, after a warm-up, not counting the
// loading of the model.
func (s Setting) Time(path string, n int) (time.Duration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	m, err := onnx.Parse(data)
	if err != nil {
		return 0, err
	}
	input, output := m.Graph.RequiredInputs()[0].Name, m.Graph.Outputs[0].Name
	session, err := ort.Open(data, []string{input}, []string{output}, ort.Options{Threads: s.Threads})
	if err != nil {
		return 0, err
	}
	defer session.Close()
	pixels := make([]float32, s.Batch*3*224*224)
	for i := range pixels {
		pixels[i] = rand.Float32() - 0.5
	}
	tensor := &ort.Tensor{Shape: []int64{int64(s.Batch), 3, 224, 224}, Data: pixels}
	if err := runMany(session, tensor, s.Sessions, s.Sessions); err != nil {
		return 0, err
	}
	start := time.Now()
	err = runMany(session, tensor, (n+s.Batch-1)/s.Batch, s.Sessions)
	return time.Since(start), err
}

func runMany(session *ort.Session, tensor *ort.Tensor, times, workers int) error {
	work := make(chan struct{}, times)
	for range times {
		work <- struct{}{}
	}
	close(work)
	return Parallel(workers, func() error {
		for range work {
			if _, err := session.Run(context.Background(), tensor); err != nil {
				return err
			}
		}
		return nil
	})
}

// Parallel runs f so many times side by side, and returns the first error.
func Parallel(workers int, f func() error) error {
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
