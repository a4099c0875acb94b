package imaging

import (
	"encoding/binary"
	"fmt"
	"math"
)

// pnmHeader is the header of a PBM, PGM or PPM file, plain (P1–P3) or raw (P4–P6).
type pnmHeader struct {
	kind          byte // '1' to '6'
	width, height int
	maximum       int // 1 for bitmaps
	pixels        int // offset of the first pixel
}

func (h pnmHeader) plain() bool { return h.kind <= '3' }

func (h pnmHeader) channels() int {
	if h.kind == '3' || h.kind == '6' {
		return 3
	}
	return 1
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// pnmToken skips white space and comments, and returns the whole number there
// and the position after it.
func pnmToken(data []byte, at int) (value, next int, err error) {
	for at < len(data) && (isSpace(data[at]) || data[at] == '#') {
		if data[at] == '#' {
			for at < len(data) && data[at] != '\n' && data[at] != '\r' {
				at++
			}
			continue
		}
		at++
	}
	start := at
	for at < len(data) && data[at] >= '0' && data[at] <= '9' {
		if value = 10*value + int(data[at]-'0'); value > math.MaxInt32 {
			return 0, 0, fmt.Errorf("number too large: %w", ErrFormat)
		}
		at++
	}
	if at == start {
		if at >= len(data) {
			return 0, 0, ErrTruncated
		}
		return 0, 0, fmt.Errorf("%q where a number should be: %w", data[at], ErrFormat)
	}
	return value, at, nil
}

func readPNMHeader(data []byte) (h pnmHeader, err error) {
	h = pnmHeader{kind: data[1], maximum: 1}
	fields := []*int{&h.width, &h.height, &h.maximum}
	if h.kind == '1' || h.kind == '4' {
		fields = fields[:2]
	}
	at := 2
	for _, field := range fields {
		if *field, at, err = pnmToken(data, at); err != nil {
			return h, err
		}
		if at < len(data) && !isSpace(data[at]) && data[at] != '#' {
			return h, fmt.Errorf("%q in a number: %w", data[at], ErrFormat)
		}
	}
	if h.maximum < 1 || h.maximum > 65535 {
		return h, fmt.Errorf("maximum value %d: %w", h.maximum, ErrFormat)
	}
	if at >= len(data) {
		return h, ErrTruncated
	}
	h.pixels = at + 1 // exactly one white space
	return h, nil
}

func probePNM(data []byte) (Info, error) {
	h, err := readPNMHeader(data)
	depth := 8
	if h.maximum > 255 {
		depth = 16
	} else if h.maximum == 1 {
		depth = 1
	}
	return Info{Width: h.width, Height: h.height, BitDepth: depth, Channels: h.channels()}, err
}

// decodePNM scales values to 0..255, rounding to nearest, as PIL does.
func decodePNM(data []byte, _ Info) (*Image, error) {
	h, err := readPNMHeader(data)
	if err != nil {
		return nil, err
	}
	im := newImage(h.width, h.height)
	samples := im.Pix[2*h.width*h.height:]
	if h.channels() == 3 {
		samples = im.Pix
	}
	switch {
	case h.kind == '1':
		err = plainBits(samples, data[h.pixels-1:])
	case h.plain():
		err = plainSamples(samples, data[h.pixels-1:], h.maximum)
	case h.kind == '4':
		err = rawBits(samples, data[h.pixels:], h.width)
	default:
		err = rawSamples(samples, data[h.pixels:], h.maximum)
	}
	if err != nil {
		return nil, err
	}
	if h.channels() == 1 {
		replicate(im.Pix, samples)
	}
	return im, nil
}

// replicate writes each grey value three times; grey may be the tail of rgb.
func replicate(rgb, grey []uint8) {
	for i, v := range grey {
		rgb[3*i], rgb[3*i+1], rgb[3*i+2] = v, v, v
	}
}

// plainBits reads the digits of a P1 file: 1 is black; white space is optional.
func plainBits(out, data []byte) error {
	n := 0
	for at := 0; at < len(data) && n < len(out); at++ {
		switch c := data[at]; {
		case c == '0':
			out[n] = 255
			n++
		case c == '1':
			out[n] = 0
			n++
		case c == '#':
			for at < len(data) && data[at] != '\n' && data[at] != '\r' {
				at++
			}
		case !isSpace(c):
			return fmt.Errorf("%q among the pixels: %w", c, ErrFormat)
		}
	}
	if n < len(out) {
		return ErrTruncated
	}
	return nil
}

func plainSamples(out, data []byte, maximum int) error {
	at := 0
	for i := range out {
		value, next, err := pnmToken(data, at)
		if err != nil {
			return err
		}
		if value > maximum {
			return fmt.Errorf("value %d above the maximum %d: %w", value, maximum, ErrFormat)
		}
		out[i], at = scaleSample(value, maximum), next
	}
	return nil
}

func rawBits(out, data []byte, width int) error {
	stride := (width + 7) / 8
	height := len(out) / width
	if len(data) < stride*height {
		return ErrTruncated
	}
	for i := range out {
		y, x := i/width, i%width
		if data[y*stride+x/8]>>(7-x%8)&1 == 0 {
			out[i] = 255
		}
	}
	return nil
}

func rawSamples(out, data []byte, maximum int) error {
	size := 1
	if maximum > 255 {
		size = 2
	}
	if len(data) < size*len(out) {
		return ErrTruncated
	}
	if maximum == 255 {
		copy(out, data)
		return nil
	}
	for i := range out {
		value := 0
		if size == 2 {
			value = int(binary.BigEndian.Uint16(data[2*i:]))
		} else {
			value = int(data[i])
		}
		out[i] = scaleSample(value, maximum)
	}
	return nil
}

// scaleSample is round-half-to-even(255·value/maximum), as Python rounds.
func scaleSample(value, maximum int) uint8 {
	return uint8(min(255, math.RoundToEven(float64(value)/float64(maximum)*255)))
}
