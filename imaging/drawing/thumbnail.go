package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/sightline/sightline/imaging"
)

// thumbnailQuality keeps a 256-pixel thumbnail near 15 KB.
const thumbnailQuality = 82

// Thumbnail returns im upright as a JPEG file that fits side×side pixels; it is
// not enlarged.
func Thumbnail(im *imaging.Image, side int) ([]byte, error) {
	w, h := im.Width, im.Height
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	small := imaging.Resize(im, w, h, imaging.Box, true).Upright()
	opaque := small.NRGBA()
	var buffer bytes.Buffer
	// The same bytes as image.RGBA, for which the encoder has a fast path.
	rgba := &image.RGBA{Pix: opaque.Pix, Stride: opaque.Stride, Rect: opaque.Rect}
	if err := jpeg.Encode(&buffer, rgba, &jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return nil, fmt.Errorf("encode a thumbnail: %w", err)
	}
	return buffer.Bytes(), nil
}
