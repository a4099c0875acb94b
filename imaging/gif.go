package imaging

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// gifFrame is the first image of a GIF file and the canvas it stands on.
type gifFrame struct {
	width, height            int // of the canvas
	left, top, right, bottom int // of the image on it
	palette                  [256][3]uint8
	transparent              int // index of the transparent colour, -1 if none
	interlaced               bool
	codeSize                 int
	data                     int // offset of the first data block
}

// readGIFFrame walks the blocks up to the first image.
func readGIFFrame(data []byte) (f gifFrame, err error) {
	if len(data) < 13 {
		return f, ErrTruncated
	}
	f.transparent = -1
	f.width = int(binary.LittleEndian.Uint16(data[6:]))
	f.height = int(binary.LittleEndian.Uint16(data[8:]))
	at := 13
	for i := range f.palette { // a file without colours is greyscale
		f.palette[i] = [3]uint8{uint8(i), uint8(i), uint8(i)}
	}
	if at, err = f.readPalette(data, at, data[10]); err != nil {
		return f, err
	}
	for at < len(data) {
		switch data[at] {
		case '!':
			if at, err = f.extension(data, at+1); err != nil {
				return f, err
			}
		case ',':
			return f, f.descriptor(data, at+1)
		case ';':
			return f, fmt.Errorf("no image in it: %w", ErrFormat)
		default: // skipped, as PIL does
			at++
		}
	}
	return f, ErrTruncated
}

// readPalette reads the colours that flags announce, and returns where they end.
func (f *gifFrame) readPalette(data []byte, at int, flags byte) (int, error) {
	if flags&0x80 == 0 {
		return at, nil
	}
	count := 2 << (flags & 7)
	if at+3*count > len(data) {
		return at, ErrTruncated
	}
	f.palette = [256][3]uint8{}
	for i := range count {
		copy(f.palette[i][:], data[at+3*i:])
	}
	return at + 3*count, nil
}

func (f *gifFrame) extension(data []byte, at int) (int, error) {
	if at+7 <= len(data) && data[at] == 0xF9 && data[at+1] >= 4 && data[at+2]&1 != 0 {
		f.transparent = int(data[at+5])
	}
	return skipGIFBlocks(data, at+1)
}

// skipGIFBlocks returns the position after a chain of data blocks.
func skipGIFBlocks(data []byte, at int) (int, error) {
	for at < len(data) {
		size := int(data[at])
		at += 1 + size
		if size == 0 {
			return at, nil
		}
	}
	return at, ErrTruncated
}

func (f *gifFrame) descriptor(data []byte, at int) error {
	if at+9 > len(data) {
		return ErrTruncated
	}
	f.left = int(binary.LittleEndian.Uint16(data[at:]))
	f.top = int(binary.LittleEndian.Uint16(data[at+2:]))
	f.right = f.left + int(binary.LittleEndian.Uint16(data[at+4:]))
	f.bottom = f.top + int(binary.LittleEndian.Uint16(data[at+6:]))
	f.width, f.height = max(f.width, f.right), max(f.height, f.bottom)
	flags := data[at+8]
	f.interlaced = flags&0x40 != 0
	at, err := f.readPalette(data, at+9, flags)
	if err != nil {
		return err
	}
	if at >= len(data) {
		return ErrTruncated
	}
	f.codeSize, f.data = int(data[at]), at+1
	if f.codeSize < 1 || f.codeSize > 11 {
		return fmt.Errorf("code size %d: %w", f.codeSize, ErrFormat)
	}
	return nil
}

func probeGIF(data []byte) (Info, error) {
	f, err := readGIFFrame(data)
	if err != nil {
		return Info{}, err
	}
	return Info{Width: f.width, Height: f.height, BitDepth: 8, Channels: 1, Frames: countGIFFrames(data, f.data)}, nil
}

// countGIFFrames counts the images; at is where the first one's data begins.
func countGIFFrames(data []byte, at int) int {
	frames := 1
	at, err := skipGIFBlocks(data, at)
	for err == nil && at < len(data) && data[at] != ';' {
		switch data[at] {
		case '!':
			at, err = skipGIFBlocks(data, at+2)
		case ',':
			if at+10 > len(data) {
				return frames
			}
			frames++
			flags := data[at+9]
			at += 10
			if flags&0x80 != 0 {
				at += 3 * (2 << (flags & 7))
			}
			at, err = skipGIFBlocks(data, at+1)
		default:
			at++
		}
	}
	return frames
}

// gifBlocks reads the concatenated data blocks that start at data.
type gifBlocks struct {
	data []byte
	left int
}

func (b *gifBlocks) ReadByte() (byte, error) {
	if b.left == 0 {
		if len(b.data) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		b.left = int(b.data[0])
		b.data = b.data[1:]
		if b.left == 0 {
			b.data = nil
			return 0, io.EOF
		}
	}
	if len(b.data) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	c := b.data[0]
	b.data = b.data[1:]
	b.left--
	return c, nil
}

func (b *gifBlocks) Read(p []byte) (int, error) {
	for i := range p {
		c, err := b.ReadByte()
		if err != nil {
			return i, err
		}
		p[i] = c
	}
	return len(p), nil
}

// decodeGIF decodes the first image. What it leaves free of the canvas is its
// transparent colour, else colour 0, as in PIL.
func decodeGIF(data []byte, _ Info) (*Image, error) {
	f, err := readGIFFrame(data)
	if err != nil {
		return nil, err
	}
	w, h := f.right-f.left, f.bottom-f.top
	indices := make([]byte, w*h)
	reader := lzw.NewReader(&gifBlocks{data: data[f.data:]}, lzw.LSB, f.codeSize)
	defer reader.Close()
	if _, err := io.ReadFull(reader, indices); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrTruncated
		}
		return nil, fmt.Errorf("%w (%v)", ErrFormat, err)
	}
	im := newImage(f.width, f.height)
	if w < f.width || h < f.height {
		fill := f.palette[max(0, f.transparent)]
		copy(im.Pix, bytes.Repeat(fill[:], f.width*f.height))
	}
	for i := range h {
		out := im.row(f.top + f.rowOf(i, h))[3*f.left:]
		for x, index := range indices[i*w : (i+1)*w] {
			copy(out[3*x:3*x+3], f.palette[index][:])
		}
	}
	return im, nil
}

// rowOf returns the image row that the i-th stored row belongs to.
func (f *gifFrame) rowOf(i, height int) int {
	if !f.interlaced {
		return i
	}
	for _, pass := range [4][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
		count := max(0, (height-pass[0]+pass[1]-1)/pass[1])
		if i < count {
			return pass[0] + i*pass[1]
		}
		i -= count
	}
	return 0
}
