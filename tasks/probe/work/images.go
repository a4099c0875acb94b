package work

import (
	"context"
	"encoding/json"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/worker"
)

// images are the samples' images: decoded once while they fit into a share of the memory, and
// resized once for all candidates of one size, crop and filter.
type images struct {
	worker  *worker.Worker
	items   []probe.Item
	decoded []*imaging.Image // nil where it is decoded when it is needed
	sizes   [][2]int
	resized map[string][]*imaging.Image // by what they depend on
}

// decode reads all images, leaving out those that cannot be read.
func decode(ctx context.Context, w *worker.Worker, items []probe.Item) (*images, error) {
	files := make([]task.Image, len(items))
	for i, it := range items {
		files[i] = it.Image
	}
	all := make([]*imaging.Image, len(items))
	err := w.EachImage(ctx, nil, files, func(i int, data []byte, err error) {
		if err == nil {
			all[i], _ = imaging.Decode(data, imaging.Limits{})
		}
	})
	if err != nil {
		return nil, err
	}
	m := &images{worker: w, resized: map[string][]*imaging.Image{}}
	left := int64(w.Budget) / 4
	for i, im := range all {
		if im == nil {
			continue
		}
		m.items, m.sizes = append(m.items, items[i]), append(m.sizes, [2]int{im.Width, im.Height})
		if left -= int64(len(im.Pix)); left < 0 {
			im = nil
		}
		m.decoded = append(m.decoded, im)
	}
	return m, nil
}

// onCores runs f(0..n-1) side by side.
func onCores(ctx context.Context, cores worker.Cores, n int, f func(i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cores.Count())
	for i := range n {
		group.Go(func() error {
			release, err := cores.Acquire(ctx)
			if err != nil {
				return err
			}
			defer release()
			return f(i)
		})
	}
	return group.Wait()
}

// keepResized is how many sizes, crops and filters are kept.
const keepResized = 3

// input fills dst with a sample as p prepares it.
func (m *images) input(ctx context.Context, p imaging.Preprocessing, small []*imaging.Image, i int, dst []float32, layout imaging.Layout) error {
	if small[i] == nil {
		var err error
		if small[i], err = m.resize(ctx, p, i); err != nil {
			return err
		}
	}
	fill := p
	fill.ApplyEXIFOrientation, fill.DoResize, fill.DoPad, fill.CropPct = false, false, false, 0
	fill.DoCenterCrop, fill.CropSize = true, imaging.Size{Height: small[i].Height, Width: small[i].Width}
	_, err := fill.Apply(small[i], dst, layout)
	return err
}

// resize makes the input's pixels of a sample, in 8 bits, before the values are scaled.
func (m *images) resize(ctx context.Context, p imaging.Preprocessing, i int) (*imaging.Image, error) {
	im := m.decoded[i]
	if im == nil {
		var err error
		if im, err = m.worker.LoadImage(ctx, m.items[i].Image); err != nil {
			return nil, err
		}
		defer im.Release()
	}
	p.DoFlipChannelOrder = false
	w, h := p.OutputSize()
	pixels := make([]uint8, p.Channels*w*h)
	if _, err := p.ApplyUint8(im, pixels, imaging.NHWC); err != nil {
		return nil, err
	}
	if p.Channels == 1 {
		pixels = thrice(pixels)
	}
	return &imaging.Image{Width: w, Height: h, Pix: pixels}, nil
}

// smallOf returns the resized images of the settings that p's depend on.
func (m *images) smallOf(p imaging.Preprocessing) []*imaging.Image {
	p.DoRescale, p.RescaleFactor, p.RescaleOffset, p.DoNormalize, p.ImageMean, p.ImageStd, p.DoFlipChannelOrder = false, 1, false, false, nil, nil, false
	key, _ := json.Marshal(p) // numbers and words
	small := m.resized[string(key)]
	if small == nil {
		if len(m.resized) >= keepResized {
			clear(m.resized)
		}
		small = make([]*imaging.Image, len(m.items))
		m.resized[string(key)] = small
	}
	return small
}

// thrice makes grey pixels red, green and blue ones.
func thrice(grey []uint8) []uint8 {
	out := make([]uint8, 0, 3*len(grey))
	for _, v := range grey {
		out = append(out, v, v, v)
	}
	return out
}
