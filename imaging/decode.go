package imaging

// #include "vips_shim.h"
import "C"

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// DefaultMaxPixels is the number of pixels above which PIL refuses an image.
const DefaultMaxPixels = 178_956_970

// Limits bound what Decode may allocate; the zero value means the defaults.
type Limits struct {
	// MaxPixels is the largest width × height accepted; 0 means DefaultMaxPixels.
	MaxPixels int64
}

// Decode decodes an image file, recognised by its content, to the 8-bit RGB
// pixels that PIL's Image.open(…).convert("RGB") gives: alpha is dropped, palettes
// and grey are expanded, the first frame or page is taken. 16-bit samples are
// scaled by 1/257 and rounded (PIL saturates or truncates them). The limits are
// checked against the header before anything is allocated.
//
// Errors are ErrFormat, ErrTruncated or ErrTooLarge, with detail.
func Decode(data []byte, limits Limits) (*Image, error) {
	f, err := recognise(data)
	if err != nil {
		return nil, err
	}
	info, err := probeWith(f, data)
	if err != nil {
		return nil, err
	}
	if err := limits.check(info); err != nil {
		return nil, err
	}
	im, err := f.decode(data, info)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", f.name, err)
	}
	im.Orientation = info.Orientation
	return im, nil
}

func (l Limits) check(info Info) error {
	most := l.MaxPixels
	if most <= 0 {
		most = DefaultMaxPixels
	}
	if pixels := int64(info.Width) * int64(info.Height); pixels > most || int64(info.Width) > most {
		return fmt.Errorf("%s of %d×%d = %d pixels, limit %d: %w", info.Format, info.Width, info.Height, pixels, most, ErrTooLarge)
	}
	if held := info.held(); held > 3*most {
		return fmt.Errorf("interlaced %s of %d×%d pixels with %d channels of %d bits: %d bytes at once, limit %d (save it without interlacing): %w",
			info.Format, info.Width, info.Height, info.Channels, info.BitDepth, held, 3*most, ErrTooLarge)
	}
	return nil
}

// held is how many bytes of pixels the decoder holds at once, beside the result's three per
// pixel; 0 where it goes row by row.
func (i Info) held() int64 {
	if !i.Interlaced {
		return 0
	}
	return int64(i.Width) * int64(i.Height) * int64(i.Channels) * int64(max(8, i.BitDepth)) / 8
}

func decodeJPEG(data []byte, info Info) (*Image, error) {
	if err := checkJPEGTail(data); err != nil {
		return nil, err
	}
	return decodeVips(C.SL_JPEG, data, info.Width, info.Height)
}

func decodePNG(data []byte, info Info) (*Image, error) {
	if err := checkPNGHead(data); err != nil {
		return nil, err
	}
	return decodeVips(C.SL_PNG, data, info.Width, info.Height)
}

// checkPNGHead compares the checksums of the chunks before the pixels, as PIL
// does; a name that is none is damage too.
func checkPNGHead(data []byte) error {
	for at := 8; at+8 <= len(data); {
		name := data[at+4 : at+8]
		length := int(binary.BigEndian.Uint32(data[at:]))
		if string(name) == "IDAT" || length > len(data)-at-12 {
			return nil // what is cut short is the decoder's to say
		}
		if crc32.ChecksumIEEE(data[at+4:at+8+length]) != binary.BigEndian.Uint32(data[at+8+length:]) {
			return fmt.Errorf("the checksum of chunk %q is wrong: %w", name, ErrFormat)
		}
		at += 12 + length
	}
	return nil
}

func decodeWebP(data []byte, info Info) (*Image, error) {
	if length := int64(binary.LittleEndian.Uint32(data[4:])) + 8; length > int64(len(data)) {
		return nil, fmt.Errorf("%d of %d bytes are there: %w", len(data), length, ErrTruncated)
	}
	return decodeVips(C.SL_WEBP, data, info.Width, info.Height)
}

// stripConverter returns the function that turns a strip of p's pixels to RGB,
// nil if they are RGB already, and the number of bytes of one of p's pixels.
func stripConverter(p C.sl_image) (func(rgb, strip []byte), int, error) {
	bands, format := int(p.bands), int(p.format)
	switch {
	case format == vipsUchar && p.interpretation == vipsCMYK && bands >= 4:
		return cmykToRGB(bands), bands, nil
	case format == vipsUchar && p.interpretation != vipsLab && bands == 3:
		return nil, 3, nil
	case format == vipsUchar && bands > 3:
		return dropBands(bands), bands, nil
	case format == vipsUchar && bands < 3:
		return greyToRGB(bands), bands, nil
	case format == vipsUshort && p.interpretation != vipsCMYK:
		return wideToRGB(bands), 2 * bands, nil
	}
	return nil, 0, fmt.Errorf("%d channels of number format %d in colour space %d are not supported (convert the file to 8-bit RGB): %w", bands, format, int(p.interpretation), ErrFormat)
}

func dropBands(bands int) func(rgb, strip []byte) {
	return func(rgb, strip []byte) {
		for i, j := 0, 0; i+3 <= len(rgb); i, j = i+3, j+bands {
			s, d := strip[j:j+3:j+3], rgb[i:i+3:i+3]
			d[0], d[1], d[2] = s[0], s[1], s[2]
		}
	}
}

func greyToRGB(bands int) func(rgb, strip []byte) {
	return func(rgb, strip []byte) {
		for i, j := 0, 0; i+3 <= len(rgb); i, j = i+3, j+bands {
			v, d := strip[j], rgb[i:i+3:i+3]
			d[0], d[1], d[2] = v, v, v
		}
	}
}

// wideToRGB scales native-endian 16-bit samples to round(v/257).
func wideToRGB(bands int) func(rgb, strip []byte) {
	return func(rgb, strip []byte) {
		for i, j := 0, 0; i+3 <= len(rgb); i, j = i+3, j+2*bands {
			for c := range 3 {
				at := j
				if bands >= 3 {
					at += 2 * c
				}
				rgb[i+c] = narrow(binary.NativeEndian.Uint16(strip[at:]))
			}
		}
	}
}

func narrow(v uint16) uint8 { return uint8((uint32(v) + 128) / 257) }

// cmykToRGB is PIL's convert: (255−K) − round((255−K)·C/255), clipped.
func cmykToRGB(bands int) func(rgb, strip []byte) {
	return func(rgb, strip []byte) {
		for i, j := 0, 0; i+3 <= len(rgb); i, j = i+3, j+bands {
			white := 255 - int(strip[j+3])
			for c := range 3 {
				t := int(strip[j+c])*white + 128
				rgb[i+c] = uint8(max(0, white-(t>>8+t)>>8))
			}
		}
	}
}
