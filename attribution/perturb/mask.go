package perturb

import (
	"runtime"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/imaging"
)

// masker builds batches of perturbed inputs: keep·x + (1−keep)·fill for every
// value, so that a place with keep = 1 is exactly the image and one with
// keep = 0 exactly the fill.
type masker struct {
	input, fill             []float32 // fill is nil where it is zero everywhere
	channels, height, width int
	layout                  imaging.Layout
	workers                 []*maskWorker
}

type maskWorker struct {
	painter painter
	keep    []float32 // one row of a mask
}

func newMasker(s attribution.Scorer, input, fill []float32, d design) *masker {
	m := &masker{input: input, fill: fill}
	m.channels, m.height, m.width, m.layout = s.Shape()
	for range runtime.GOMAXPROCS(0) {
		m.workers = append(m.workers, &maskWorker{d.painter(), make([]float32, m.width)})
	}
	return m
}

// batch writes perturbations first … first+n-1 into dst, one after another. The
// work is shared by a fixed number of goroutines; nothing is allocated per mask.
func (m *masker) batch(dst []float32, first, n int) {
	cores.Each(min(len(m.workers), n), func(k int) {
		w := m.workers[k]
		for i := k; i < n; i += len(m.workers) {
			w.painter.load(first + i)
			m.paint(dst[i*len(m.input):(i+1)*len(m.input)], w)
		}
	})
}

// paint applies one mask, a row at a time, so that the row stays in cache.
func (m *masker) paint(dst []float32, w *maskWorker) {
	plane := m.height * m.width
	for y := range m.height {
		w.painter.row(y, w.keep)
		if m.layout == imaging.NHWC {
			m.mixPixels(dst, y*m.width*m.channels, w.keep)
			continue
		}
		for c := range m.channels {
			m.mixRow(dst, c*plane+y*m.width, w.keep)
		}
	}
}

// mixRow mixes values that lie side by side, one per mask value.
func (m *masker) mixRow(dst []float32, at int, keep []float32) {
	out, in := dst[at:at+len(keep)], m.input[at:at+len(keep)]
	if m.fill == nil {
		for i, k := range keep {
			out[i] = k * in[i]
		}
		return
	}
	fill := m.fill[at : at+len(keep)]
	for i, k := range keep {
		out[i] = k*in[i] + (1-k)*fill[i]
	}
}

// mixPixels mixes pixels of several interleaved channels.
func (m *masker) mixPixels(dst []float32, at int, keep []float32) {
	for _, k := range keep {
		for range m.channels {
			v := k * m.input[at]
			if m.fill != nil {
				v += (1 - k) * m.fill[at]
			}
			dst[at] = v
			at++
		}
	}
}
