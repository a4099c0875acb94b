package perturb

import (
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// The cost of making perturbed inputs, per input: what a method adds to the
// runs of the model, which are 10 to 100 ms each at this size.

func benchmarkMasks(b *testing.B, layout imaging.Layout, fill attribution.Fill, d design) {
	l := testkit.NewLinear(3, 224, 224, 2, layout)
	input := l.Sample()
	plane, err := fill.Plane(l, input)
	if err != nil {
		b.Fatal(err)
	}
	m := newMasker(l, input, plane, d)
	dst := make([]float32, attribution.DefaultBatch*len(input))
	i := 0
	for b.Loop() {
		m.batch(dst, i%100, attribution.DefaultBatch)
		i++
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*attribution.DefaultBatch), "µs/input")
}

func BenchmarkMasksRISE(b *testing.B) {
	benchmarkMasks(b, imaging.NCHW, attribution.Fill{}, newShiftedGrids(RISE{}.withDefaults(), 224, 224, 1))
}

func BenchmarkMasksRISEBlur(b *testing.B) {
	benchmarkMasks(b, imaging.NCHW, attribution.Fill{Kind: attribution.FillBlur}, newShiftedGrids(RISE{}.withDefaults(), 224, 224, 1))
}

func BenchmarkMasksRISEChannelsLast(b *testing.B) {
	benchmarkMasks(b, imaging.NHWC, attribution.Fill{}, newShiftedGrids(RISE{}.withDefaults(), 224, 224, 1))
}

func BenchmarkMasksOcclusion(b *testing.B) {
	benchmarkMasks(b, imaging.NCHW, attribution.Fill{}, newWindows(Occlusion{}, 224, 224))
}

// BenchmarkEstimateRISE is the cost of feeding one mask and score to the
// estimators of one target.
func BenchmarkEstimateRISE(b *testing.B) {
	d := newShiftedGrids(RISE{}.withDefaults(), 224, 224, 1)
	p := d.painter()
	keep := make([]float32, 1024)
	whole, half := centred{newTally(1024, 0)}, centred{newTally(1024, 0)}
	i := 0
	for b.Loop() {
		p.load(i)
		p.cells(keep)
		whole.add(i, keep, float64(i))
		half.add(i, keep, float64(i))
		i++
	}
}
