package drawing

import (
	"fmt"

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
	small := im
	if w != im.Width || h != im.Height {
		small = imaging.Resize(im, w, h, imaging.Box, true)
	}
	file, err := imaging.EncodeJPEG(small.Upright(), thumbnailQuality)
	if err != nil {
		return nil, fmt.Errorf("encode a thumbnail: %w", err)
	}
	return file, nil
}
