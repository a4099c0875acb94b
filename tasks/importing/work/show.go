package work

import (
	"context"

	"github.com/sightline/sightline/imaging"
)

// thumbnail answers with a small upright JPEG of an image file.
func (w half) thumbnail(ctx context.Context, payload []byte, reply func([]byte) error) error {
	return w.show(ctx, string(payload), reply, func(im *imaging.Image) ([]byte, error) { return imaging.Thumbnail(im, thumbnailSide) })
}

// upright answers with an upright PNG of an image file.
func (w half) upright(ctx context.Context, payload []byte, reply func([]byte) error) error {
	return w.show(ctx, string(payload), reply, func(im *imaging.Image) ([]byte, error) { return imaging.EncodePNG(im.Upright().NRGBA()) })
}

func (w half) show(ctx context.Context, path string, reply func([]byte) error, draw func(*imaging.Image) ([]byte, error)) error {
	return w.Look(ctx, path, func(im *imaging.Image) error {
		shown, err := draw(im)
		if err != nil {
			return err
		}
		return reply(shown)
	})
}
