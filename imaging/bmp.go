package imaging

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Values of a BMP header's compression field.
const (
	bmpRaw       = 0
	bmpRLE8      = 1
	bmpRLE4      = 2
	bmpBitfields = 3
)

// bmpHeader is a Windows (v3 to v5) or OS/2 bitmap header.
type bmpHeader struct {
	width, height int
	topDown       bool
	bits          int
	compression   uint32
	masks         [3]uint32 // red, green, blue, at 16 and 32 bits
	palette       [256][3]uint8
	pixels        int // offset of the first row
}

func readBMPHeader(data []byte) (h bmpHeader, err error) {
	if len(data) < 26 {
		return h, ErrTruncated
	}
	h.pixels = int(binary.LittleEndian.Uint32(data[10:]))
	size := int(binary.LittleEndian.Uint32(data[14:]))
	if size < 12 || size > 1<<16 || size != 12 && size < 40 {
		return h, fmt.Errorf("header of %d bytes: %w", size, ErrFormat)
	}
	if len(data) < 14+size {
		return h, ErrTruncated
	}
	colours, entry, paletteAt := 0, 4, 14+size
	if size == 12 {
		h.width = int(binary.LittleEndian.Uint16(data[18:]))
		h.height = int(binary.LittleEndian.Uint16(data[20:]))
		h.bits = int(binary.LittleEndian.Uint16(data[24:]))
		entry = 3
	} else {
		h.width = int(int32(binary.LittleEndian.Uint32(data[18:])))
		h.height = int(int32(binary.LittleEndian.Uint32(data[22:])))
		h.bits = int(binary.LittleEndian.Uint16(data[28:]))
		h.compression = binary.LittleEndian.Uint32(data[30:])
		colours = int(binary.LittleEndian.Uint32(data[46:]))
	}
	if h.height < 0 {
		h.height, h.topDown = -h.height, true
	}
	if err := h.check(); err != nil {
		return h, err
	}
	if err := h.readMasks(data, size, &paletteAt); err != nil {
		return h, err
	}
	return h, h.readPalette(data, paletteAt, entry, colours)
}

func (h *bmpHeader) check() error {
	ok := false
	switch h.compression {
	case bmpRaw:
		ok = h.bits == 1 || h.bits == 4 || h.bits == 8 || h.bits == 16 || h.bits == 24 || h.bits == 32
	case bmpRLE8:
		ok = h.bits == 8
	case bmpRLE4:
		ok = h.bits == 4
	case bmpBitfields:
		ok = h.bits == 16 || h.bits == 24 || h.bits == 32
	}
	if !ok {
		return fmt.Errorf("compression %d with %d bits per pixel is not supported (convert the file to PNG): %w", h.compression, h.bits, ErrFormat)
	}
	return nil
}

// readMasks sets the channel masks of 16- and 32-bit pixels.
func (h *bmpHeader) readMasks(data []byte, size int, paletteAt *int) error {
	h.masks = [3]uint32{0xFF0000, 0xFF00, 0xFF}
	if h.bits == 16 {
		h.masks = [3]uint32{0x7C00, 0x3E0, 0x1F}
	}
	if h.compression != bmpBitfields {
		return nil
	}
	if len(data) < 54+12 {
		return ErrTruncated
	}
	var masks [3]uint32
	for i := range masks {
		masks[i] = binary.LittleEndian.Uint32(data[54+4*i:])
	}
	if size == 40 {
		*paletteAt += 12
	}
	if masks != [3]uint32{} { // all zero means the usual layout
		h.masks = masks
	}
	return nil
}

func (h *bmpHeader) readPalette(data []byte, at, entry, colours int) error {
	if h.bits > 8 {
		return nil
	}
	if colours > 256 {
		return fmt.Errorf("palette of %d colours: %w", colours, ErrFormat)
	}
	if colours <= 0 || colours > 1<<h.bits {
		colours = 1 << h.bits
	}
	for i := range colours {
		p := at + i*entry
		if p+3 > len(data) {
			break
		}
		h.palette[i] = [3]uint8{data[p+2], data[p+1], data[p]}
	}
	return nil
}

func probeBMP(data []byte) (Info, error) {
	h, err := readBMPHeader(data)
	info := Info{Width: h.width, Height: h.height, BitDepth: min(8, h.bits), Channels: 3}
	if h.bits <= 8 {
		info.Channels = 1
	}
	return info, err
}

func decodeBMP(data []byte, _ Info) (*Image, error) {
	h, err := readBMPHeader(data)
	if err != nil {
		return nil, err
	}
	if h.pixels > len(data) {
		return nil, ErrTruncated
	}
	pixels := data[h.pixels:]
	stride := (h.width*h.bits + 31) / 32 * 4
	if h.compression == bmpRLE8 || h.compression == bmpRLE4 {
		stride = h.width
		if pixels, err = bmpRuns(data, h.pixels, h.width, h.height, h.compression == bmpRLE4); err != nil {
			return nil, err
		}
		h.bits = 8
	}
	// The last row's padding may be missing.
	if len(pixels) < stride*(h.height-1)+(h.width*h.bits+7)/8 {
		return nil, ErrTruncated
	}
	im := newImage(h.width, h.height)
	for y := range h.height {
		target := h.height - 1 - y
		if h.topDown {
			target = y
		}
		row := pixels[y*stride : min(len(pixels), (y+1)*stride)]
		h.convertRow(im.row(target), row)
	}
	return im, nil
}

func (h *bmpHeader) convertRow(out, row []uint8) {
	switch {
	case h.bits <= 8:
		per := 8 / h.bits
		for x := range len(out) / 3 {
			shift := 8 - h.bits*(x%per+1)
			index := row[x/per] >> shift & (1<<h.bits - 1)
			copy(out[3*x:3*x+3], h.palette[index][:])
		}
	case h.bits == 24:
		for i := 0; i < len(out); i += 3 {
			out[i], out[i+1], out[i+2] = row[i+2], row[i+1], row[i]
		}
	default:
		size := h.bits / 8
		for x := range len(out) / 3 {
			v := uint32(binary.LittleEndian.Uint16(row[size*x:]))
			if size == 4 {
				v = binary.LittleEndian.Uint32(row[4*x:])
			}
			for c, mask := range h.masks {
				out[3*x+c] = maskedChannel(v, mask)
			}
		}
	}
}

// maskedChannel scales the masked bits of v to 0..255, rounding down as PIL does.
func maskedChannel(v, mask uint32) uint8 {
	if mask == 0 {
		return 0
	}
	shift := bits.TrailingZeros32(mask)
	return uint8(uint64(v&mask>>shift) * 255 / uint64(mask>>shift))
}

// bmpRuns expands run-length encoded rows to one byte per pixel, as PIL's
// BmpRleDecoder does, so that the pixels are those that training saw: at is where
// the runs begin in the file (literal runs are padded to even offsets of the file);
// a literal run of 4-bit pixels has an odd last pixel dropped; a jump is read twice
// and the second pair counts; an end of the bitmap before the last pixel is an error.
func bmpRuns(file []byte, at, width, height int, nibbles bool) ([]byte, error) {
	r := bmpRunReader{file: file, at: at, width: width, size: width * height, nibbles: nibbles}
	// A jump can skip a whole row, so bound the output by the input too.
	if len(file)-at < height {
		return nil, ErrTruncated
	}
	r.out = make([]byte, 0, r.size)
	for len(r.out) < r.size && r.step() {
	}
	if len(r.out) < r.size {
		return nil, ErrTruncated
	}
	return r.out[:r.size], nil
}

type bmpRunReader struct {
	file        []byte
	at, x       int // in the file, and in the row
	width, size int
	nibbles     bool
	out         []byte
}

// take returns the next n bytes, or those that are left.
func (r *bmpRunReader) take(n int) []byte {
	n = max(0, min(n, len(r.file)-r.at))
	r.at += n
	return r.file[r.at-n : r.at]
}

// step reads one pair and what belongs to it; false at the end.
func (r *bmpRunReader) step() bool {
	pair := r.take(2)
	if len(pair) < 2 {
		return false
	}
	count, value := int(pair[0]), pair[1]
	switch {
	case count > 0:
		count = min(count, max(0, r.width-r.x)) // what is too much for the row is dropped
		r.run(count, value)
	case value == 0: // end of the row
		if over := len(r.out) % r.width; over != 0 {
			r.zeros(r.width - over)
		}
		r.x = 0
	case value == 1:
		return false
	case value == 2:
		r.take(2)
		jump := r.take(2)
		if len(jump) < 2 {
			return false
		}
		r.zeros(int(jump[0]) + int(jump[1])*r.width)
		r.x = len(r.out) % r.width
	default:
		return r.literal(int(value))
	}
	return true
}

func (r *bmpRunReader) zeros(n int) {
	r.out = append(r.out, make([]byte, min(n, r.size-len(r.out)))...)
}

func (r *bmpRunReader) run(count int, value byte) {
	pair := [2]byte{value, value}
	if r.nibbles {
		pair = [2]byte{value >> 4, value & 15}
	}
	for i := range count {
		r.out = append(r.out, pair[i%2])
	}
	r.x += count
}

// literal copies count pixels; false if they are not all there.
func (r *bmpRunReader) literal(count int) bool {
	size := count
	if r.nibbles {
		size /= 2
	}
	values := r.take(size)
	for _, v := range values {
		if r.nibbles {
			r.out = append(r.out, v>>4, v&15)
		} else {
			r.out = append(r.out, v)
		}
	}
	r.x += count
	r.at += r.at % 2
	return len(values) == size
}
