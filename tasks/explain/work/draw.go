package work

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/tasks/explain"
)

// draw answers with a PNG for each map, an image on each core.
func (w half) draw(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, err := explain.DecodeDrawRequest(payload)
	if err != nil {
		return err
	}
	var one sync.Mutex // a reply may be several frames
	tell := func(d explain.DrawnMap) error {
		one.Lock()
		defer one.Unlock()
		return reply(d.Encode())
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(w.Cores.Count())
	for i := range r.Images {
		group.Go(func() error { return w.drawImage(ctx, i, r.Images[i], r.Colours, tell) })
	}
	return group.Wait()
}

// drawImage draws the maps of one image, or tells what is wrong with it.
func (w half) drawImage(ctx context.Context, number int, of explain.DrawnImage, colours string, tell func(explain.DrawnMap) error) error {
	err := w.Look(ctx, of.Image, func(im *imaging.Image) error {
		defer im.Release()
		if im.Orientation.Rotated() {
			im = im.Upright()
		}
		for i, m := range of.Maps {
			png, err := drawnOver(im, m, colours)
			if err != nil {
				return &jobs.Coded{Message: err.Error()}
			}
			if err := tell(explain.DrawnMap{Image: number, Map: i, PNG: png}); err != nil {
				return err
			}
		}
		return nil
	})
	if coded := (*jobs.Coded)(nil); errors.As(err, &coded) {
		return tell(explain.DrawnMap{Image: number, Failed: &explain.DrawingFailed{Code: coded.Code, Message: coded.Message}})
	}
	return err
}

// drawnOver is a map over an upright image, as a PNG.
func drawnOver(im *imaging.Image, m explain.SentMap, colours string) ([]byte, error) {
	drawn, err := drawing.Overlay(im, m.Values, m.Width, m.Height, imaging.Geometry(m.Geometry), drawing.Options{ColourMap: colours})
	if err != nil {
		return nil, err
	}
	defer drawn.Release()
	return drawing.PNG(drawn)
}
