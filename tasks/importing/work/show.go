package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/task"
)

// thumbnail answers with a small upright JPEG of an image file.
func (w half) thumbnail(ctx context.Context, payload []byte, reply func([]byte) error) error {
	return w.show(ctx, payload, reply, func(im *imaging.Image) ([]byte, error) { return drawing.Thumbnail(im, thumbnailSide) })
}

// upright answers with an upright PNG of an image file.
func (w half) upright(ctx context.Context, payload []byte, reply func([]byte) error) error {
	return w.show(ctx, payload, reply, func(im *imaging.Image) ([]byte, error) { return drawing.PNG(im.Upright()) })
}

func (w half) show(ctx context.Context, payload []byte, reply func([]byte) error, draw func(*imaging.Image) ([]byte, error)) error {
	var of task.Image
	if err := json.Unmarshal(payload, &of); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return w.Look(ctx, of, func(im *imaging.Image) error {
		shown, err := draw(im)
		if err != nil {
			return err
		}
		return reply(shown)
	})
}
