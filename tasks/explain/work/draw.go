package work

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/tasks/explain"
)

// draw answers with a PNG for each map.
func (w half) draw(ctx context.Context, payload []byte, reply func([]byte) error) error {
	var r explain.DrawRequest
	if err := json.Unmarshal(payload, &r); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return w.Look(ctx, r.Image, func(im *imaging.Image) error {
		im = im.Upright()
		for i, sent := range r.Maps {
			m, err := explain.MapFrom(sent.Meta, sent.Values)
			if err != nil {
				return err
			}
			drawn, err := drawing.Overlay(im, m.Values, m.Width, m.Height, m.Geometry, drawing.Options{ColourMap: r.Colours})
			if err != nil {
				return err
			}
			png, err := drawing.PNG(drawn)
			if err == nil {
				err = reply(append(binary.LittleEndian.AppendUint32(nil, uint32(i)), png...))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
