package imaging

// #include "vips_shim.h"
import "C"

import (
	"bytes"
	"fmt"
)

// decodeTIFF turns the pixels upright, as PIL does.
func decodeTIFF(data []byte, _ Info) (*Image, error) {
	fields, err := readTIFFFields(data)
	if err != nil {
		return nil, err
	}
	if fields.photometric == photometricPalette && !fields.palette {
		return nil, fmt.Errorf("its palette is missing: %w", ErrTruncated)
	}
	if area := int64(fields.tileWidth) * int64(fields.tileHeight); area > DefaultMaxPixels {
		return nil, fmt.Errorf("tiles of %d×%d pixels: %w", fields.tileWidth, fields.tileHeight, ErrTooLarge)
	}
	premultiplied := fields.associated && fields.photometric == photometricRGB && fields.samples == 4 && fields.bits == 8
	if premultiplied {
		// libvips would divide by alpha in single precision; PIL does in integers.
		data = bytes.Clone(data)
		clear(data[fields.associatedAt : fields.associatedAt+2])
	}
	im, err := decodeVipsAlpha(C.SL_TIFF, data, fields.width, fields.height, premultiplied)
	if err != nil {
		return nil, err
	}
	im.Orientation = fields.orientation
	return im.Upright(), nil
}

// divideByAlpha is PIL's conversion from premultiplied colours.
func divideByAlpha(rgb, strip []byte) {
	for i, j := 0, 0; i+3 <= len(rgb); i, j = i+3, j+4 {
		alpha := int(strip[j+3])
		for c := range 3 {
			v := int(strip[j+c])
			if alpha != 0 {
				v = min(255, v*255/alpha)
			} else {
				v = 0
			}
			rgb[i+c] = uint8(v)
		}
	}
}
