package work

import (
	"encoding/json"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/smoke"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/worker"
)

// BenchmarkProbe measures a whole probe of networks with random weights, which no candidate
// fits better than others, so that few drop out: what a probe takes at most.
func BenchmarkProbe(b *testing.B) {
	names := []string{"mobilenet_v2", "resnet50"}
	if smoke.Benchmarks() {
		names = names[:1]
	}
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			spec, err := classifier.Inspect(b.Context(), testdata.Architecture(b, name), classifier.Options{Threads: 1})
			if err != nil {
				b.Fatal(err)
			}
			data, err := json.Marshal(spec)
			if err != nil {
				b.Fatal(err)
			}
			w := worker.New(worker.Options{})
			defer w.Close()
			model, release, err := w.Model(b.Context(), data)
			if err != nil {
				b.Fatal(err)
			}
			defer release()
			r := probe.Request{Spec: data, Items: noise(b, 200, spec.Classes), Labels: spec.Classes[:10]}
			for range b.N {
				found, err := Probe(b.Context(), w, w.Scorer(model, worker.AtOnce), r, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(found.Samples), "samples")
				b.ReportMetric(float64(found.Runs), "runs")
				b.ReportMetric(found.Seconds, "s/probe")
			}
		})
	}
}

// noise writes so many photos of noise, with labels in turn.
func noise(b *testing.B, n int, classes []string) (items []probe.Item) {
	dir := b.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		im := image.NewNRGBA(image.Rect(0, 0, 500, 375))
		for k := range im.Pix {
			im.Pix[k] = uint8(r.IntN(256))
		}
		path := filepath.Join(dir, strconv.Itoa(i)+".jpg")
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := jpeg.Encode(f, im, nil); err != nil {
			b.Fatal(err)
		}
		f.Close()
		items = append(items, probe.Item{Image: task.Image{File: path}, Label: classes[i%10]})
	}
	return items
}
