package imaging

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// thumbnailQuality keeps a 256-pixel thumbnail near 15 KB.
const thumbnailQuality = 82

// Thumbnail returns im upright as a JPEG file that fits side×side pixels; it is
// not enlarged.
func Thumbnail(im *Image, side int) ([]byte, error) {
	w, h := im.Width, im.Height
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	small := Resize(im, w, h, Box, true).Upright()
	opaque := small.NRGBA()
	var buffer bytes.Buffer
	// The same bytes as image.RGBA, for which the encoder has a fast path.
	rgba := &image.RGBA{Pix: opaque.Pix, Stride: opaque.Stride, Rect: opaque.Rect}
	if err := jpeg.Encode(&buffer, rgba, &jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return nil, fmt.Errorf("encode a thumbnail: %w", err)
	}
	return buffer.Bytes(), nil
}

// NRGBA returns a copy of the pixels as an opaque standard library image, in the
// stored orientation.
func (im *Image) NRGBA() *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i, j := 0, 0; i+3 <= len(im.Pix); i, j = i+3, j+4 {
		o, p := out.Pix[j:j+4:j+4], im.Pix[i:i+3:i+3]
		o[0], o[1], o[2], o[3] = p[0], p[1], p[2], 255
	}
	return out
}

// EncodePNG returns im as a PNG file, compressed for speed.
func EncodePNG(im image.Image) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&buffer, im); err != nil {
		return nil, fmt.Errorf("encode a PNG: %w", err)
	}
	return buffer.Bytes(), nil
}
