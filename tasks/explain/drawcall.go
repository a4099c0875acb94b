package explain

import (
	"context"
	"fmt"
	"slices"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// Overlays is what became of a Drawing: a PNG for each of its maps, or why there is none.
type Overlays struct {
	PNGs [][]byte
	Err  error
}

// Draw draws maps over the images of their samples in a worker process, which has an image on
// each core. What is wrong with one image is told of that alone; the error is one of all. The maps
// should have no more than MostDrawn pixels together.
func (p Service) Draw(ctx context.Context, colours string, list []Drawing) ([]Overlays, error) {
	r := DrawRequest{Colours: colours}
	found := make([]Overlays, len(list))
	for i, d := range list {
		im := DrawnImage{Image: task.ImageOf(d.Image)}
		for _, m := range d.Maps {
			m := m.Summed()
			im.Maps = append(im.Maps, SentMap{m.Width, m.Height, api.Geometry(m.Geometry), m.Values})
		}
		r.Images, found[i].PNGs = append(r.Images, im), make([][]byte, len(d.Maps))
	}
	err := p.Jobs.Call(ctx, CallDraw, r.Encode(), func(answer []byte) error {
		d, err := decodeDrawnMap(answer, r)
		if err != nil {
			return err
		}
		if d.Failed != nil {
			found[d.Image].Err = &jobs.Coded{Code: d.Failed.Code, Message: fmt.Sprintf("draw maps over %s: %s", list[d.Image].Image.Path, d.Failed.Message)}
			return nil
		}
		found[d.Image].PNGs[d.Map] = d.PNG
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("draw maps over %d images: %w", len(list), err)
	}
	for i := range found {
		if found[i].Err == nil && slices.ContainsFunc(found[i].PNGs, func(png []byte) bool { return png == nil }) {
			return nil, fmt.Errorf("draw maps over %s: %w", list[i].Image.Path, errFrame)
		}
	}
	return found, nil
}
