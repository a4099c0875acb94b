package autodiff_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/smoke"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/fuse"
)

// BenchmarkGradient runs the original model and its gradient by turns, in one
// process, on batches of eight, in one session of all cores and, as the product
// does, in a session of one thread on every core; there also image by image, which
// leaves more of the tensors in the processor's caches. It reports the time per
// image of each, the median ratio of neighbouring runs, and the ratio of processor
// times, which other programs on the machine disturb less.
//
//	go test ./autodiff -run '^$' -bench Gradient -benchtime 15x
func BenchmarkGradient(b *testing.B) {
	folder, _ := testdata.FindArchitectures()
	names := []string{"small", "resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0"}
	if smoke.Benchmarks() {
		names = names[:2]
	}
	for _, name := range names {
		file := testmodel.Build(testmodel.Options{}).Marshal()
		if name != "small" {
			var err error
			if file, err = os.ReadFile(filepath.Join(folder, name+".onnx")); err != nil {
				b.Logf("%s is left out: run scripts/architectures.sh: %v", name, err)
				continue
			}
		}
		b.Run(name+"/session/8", func(b *testing.B) { compareSpeed(b, file, 1, runtime.NumCPU(), 8) })
		b.Run(name+"/cores/8", func(b *testing.B) { compareSpeed(b, file, runtime.NumCPU(), 1, 8) })
		b.Run(name+"/cores/1", func(b *testing.B) { compareSpeed(b, file, runtime.NumCPU(), 1, 1) })
	}
}

// A pair is a session of a model and one of its gradient, with what they read.
type pair struct {
	forward, gradient *ort.Session
	image, seed       *ort.Tensor
}

func compareSpeed(b *testing.B, file []byte, sessions, threads, batch int) {
	pairs := make([]pair, sessions)
	for i := range pairs {
		pairs[i] = openPair(b, file, threads, int64(batch))
	}
	run := func(f func(p pair) error) (wall, processor float64) {
		start, used := time.Now(), processorTime()
		var wait sync.WaitGroup
		for _, p := range pairs {
			wait.Go(func() {
				if err := f(p); err != nil {
					b.Error(err)
				}
			})
		}
		wait.Wait()
		return time.Since(start).Seconds(), processorTime() - used
	}
	forward := func(p pair) error { _, err := p.forward.Run(context.Background(), p.image); return err }
	gradient := func(p pair) error {
		_, err := p.gradient.Run(context.Background(), p.image, p.seed)
		return err
	}
	run(forward)
	run(gradient)
	var first, second, ratios, processor []float64
	for b.Loop() {
		f, fUsed := run(forward)
		g, gUsed := run(gradient)
		first, second = append(first, f), append(second, g)
		ratios, processor = append(ratios, g/f), append(processor, gUsed/fUsed)
	}
	images := float64(sessions * batch)
	b.ReportMetric(1000*median(first)/images, "forward-ms/image")
	b.ReportMetric(1000*median(second)/images, "gradient-ms/image")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(processor), "processor-ratio")
}

// openPair opens the file as it is, and its gradient.
func openPair(b *testing.B, file []byte, threads int, batch int64) pair {
	b.Helper()
	m, err := onnx.Parse(file)
	if err != nil {
		b.Fatal(err)
	}
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		b.Fatal(err)
	}
	_, of := m.Graph.Index().Logit(m.Graph.Outputs[0].Name)
	g, err := autodiff.Gradient(c, autodiff.Options{Of: of})
	if err != nil {
		b.Fatal(err)
	}
	in, o := c.Graph.Inputs[0].Name, ort.Options{Threads: threads}
	forward, err := ort.Open(file, []string{in}, []string{m.Graph.Outputs[0].Name}, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { forward.Close() })
	gradient, err := fuse.Open(g.Model, g.Model.Marshal(), []string{in, g.Seed}, append([]string{g.Of}, g.Gradients...), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { gradient.Close() })
	shape, out := concrete(c.Types[in].Shape), concrete(c.Types[g.Of].Shape)
	shape[0], out[0] = batch, batch
	return pair{forward, gradient, noise(shape), noise(out)}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// processorTime returns the seconds of processor time this process has used.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
