package imaging

import (
	"encoding/binary"
	"fmt"
)

// The TIFF tags that headers are read for.
const (
	tagWidth           = 0x0100
	tagHeight          = 0x0101
	tagBitsPerSample   = 0x0102
	tagPhotometric     = 0x0106
	tagOrientation     = 0x0112
	tagSamplesPerPixel = 0x0115
	tagColourMap       = 0x0140
	tagTileWidth       = 0x0142
	tagTileHeight      = 0x0143
	tagExtraSamples    = 0x0152
)

// Photometric interpretations.
const (
	photometricRGB     = 2
	photometricPalette = 3
)

// tiffHeader is the beginning of a TIFF file, or of an EXIF block, which has
// the same structure.
type tiffHeader struct {
	data  []byte
	order binary.ByteOrder
	big   bool
	first uint64
}

func readTIFFHeader(data []byte) (tiffHeader, error) {
	t := tiffHeader{data: data, order: binary.LittleEndian}
	if len(data) < 8 {
		return t, ErrTruncated
	}
	if data[0] == 'M' {
		t.order = binary.BigEndian
	} else if data[0] != 'I' {
		return t, ErrFormat
	}
	switch t.order.Uint16(data[2:]) {
	case 42:
		t.first = uint64(t.order.Uint32(data[4:]))
	case 43:
		if len(data) < 16 {
			return t, ErrTruncated
		}
		t.big = true
		t.first = t.order.Uint64(data[8:])
	default:
		return t, ErrFormat
	}
	return t, nil
}

// directory calls use with every entry of the directory at offset (at is where
// the entry's values are, if they fit in it), and returns
// the offset of the next directory, 0 if there is none.
func (t tiffHeader) directory(offset uint64, use func(tag uint16, values []uint64, at uint64)) (uint64, error) {
	countSize, entrySize, offsetSize := uint64(2), uint64(12), uint64(4)
	if t.big {
		countSize, entrySize, offsetSize = 8, 20, 8
	}
	size := uint64(len(t.data))
	if offset > size || size-offset < countSize {
		return 0, ErrTruncated
	}
	count := t.number(offset, countSize)
	if count > (size-offset-countSize)/entrySize {
		return 0, ErrTruncated
	}
	at := offset + countSize
	for range count {
		use(t.order.Uint16(t.data[at:]), t.values(at), at+entrySize-offsetSize)
		at += entrySize
	}
	if size-at < offsetSize {
		return 0, nil
	}
	return t.number(at, offsetSize), nil
}

func (t tiffHeader) number(at, size uint64) uint64 {
	switch size {
	case 1:
		return uint64(t.data[at])
	case 2:
		return uint64(t.order.Uint16(t.data[at:]))
	case 4:
		return uint64(t.order.Uint32(t.data[at:]))
	}
	return t.order.Uint64(t.data[at:])
}

// values returns the first (at most four) whole numbers of the entry at
// position at; nil if it holds something else, or ends outside the file.
func (t tiffHeader) values(at uint64) []uint64 {
	size := map[uint16]uint64{1: 1, 3: 2, 4: 4, 16: 8}[t.order.Uint16(t.data[at+2:])]
	if size == 0 {
		return nil
	}
	wide := uint64(4)
	if t.big {
		wide = 8
	}
	count := t.number(at+4, wide)
	where := at + 4 + wide
	if count > wide/size {
		where = t.number(where, wide)
	}
	if length := uint64(len(t.data)); where > length || (length-where)/size < count {
		return nil
	}
	count = min(count, 4)
	values := make([]uint64, count)
	for i := range values {
		values[i] = t.number(where+uint64(i)*size, size)
	}
	return values
}

// exifOrientation reads the orientation of an EXIF block; 0 if it has none.
func exifOrientation(block []byte) Orientation {
	t, err := readTIFFHeader(block)
	if err != nil {
		return 0
	}
	orientation := Orientation(0)
	t.directory(t.first, func(tag uint16, values []uint64, _ uint64) {
		if tag == tagOrientation && len(values) > 0 && values[0] <= 8 {
			orientation = Orientation(values[0])
		}
	})
	return orientation
}

// tiffFields are the tags of the first directory that decoding needs.
type tiffFields struct {
	width, height, bits, samples, tileWidth, tileHeight int
	photometric                                         int
	palette                                             bool // all of it is in the file
	associated                                          bool // colours are multiplied by alpha
	associatedAt                                        int  // where the file says so
	orientation                                         Orientation
	pages                                               int
}

func readTIFFFields(data []byte) (tiffFields, error) {
	f := tiffFields{bits: 1, samples: 1}
	t, err := readTIFFHeader(data)
	if err != nil {
		return f, err
	}
	next, err := t.directory(t.first, f.set)
	if err != nil {
		return f, err
	}
	// A chain of directories may be a loop: stop counting in time.
	for f.pages = 1; next != 0 && f.pages < 1000; f.pages++ {
		if next, err = t.directory(next, func(uint16, []uint64, uint64) {}); err != nil {
			break
		}
	}
	return f, nil
}

func (f *tiffFields) set(tag uint16, values []uint64, at uint64) {
	if len(values) == 0 || values[0] > 1<<31-1 {
		return
	}
	v := int(values[0])
	switch tag {
	case tagWidth:
		f.width = v
	case tagHeight:
		f.height = v
	case tagBitsPerSample:
		f.bits = v
	case tagSamplesPerPixel:
		f.samples = v
	case tagPhotometric:
		f.photometric = v
	case tagExtraSamples:
		f.associated, f.associatedAt = v == 1 && len(values) == 1, int(at)
	case tagColourMap:
		f.palette = true
	case tagTileWidth:
		f.tileWidth = v
	case tagTileHeight:
		f.tileHeight = v
	case tagOrientation:
		if v <= 8 {
			f.orientation = Orientation(v)
		}
	}
}

// probeTIFF reports the upright size: TIFF files are decoded upright.
func probeTIFF(data []byte) (Info, error) {
	f, err := readTIFFFields(data)
	if err != nil {
		return Info{}, err
	}
	if f.width == 0 || f.height == 0 {
		return Info{}, fmt.Errorf("no width or height: %w", ErrFormat)
	}
	w, h := f.orientation.Upright(f.width, f.height)
	return Info{Width: w, Height: h, BitDepth: f.bits, Channels: f.samples, Frames: f.pages}, nil
}
