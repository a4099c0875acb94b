package drawing

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"

	"github.com/sightline/sightline/imaging"
)

// PNG returns im, in its stored orientation, as a PNG file of 8-bit RGB, compressed for
// speed: each row is written as its difference to the one above (filter 2 of ISO 15948),
// and the differences by Huffman codes alone. Searching for repetitions and the best filter
// of each row takes eight times as long and makes photos hardly smaller.
func PNG(im *imaging.Image) ([]byte, error) {
	var file bytes.Buffer
	file.Grow(min(len(im.Pix)*3/4, 16<<20) + 1024)
	file.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(im.Width))
	head = binary.BigEndian.AppendUint32(head, uint32(im.Height))
	head = append(head, 8, 2, 0, 0, 0) // 8 bits of each of R, G and B; deflate, adaptive filters, no interlacing
	endChunk(&file, beginChunk(&file, "IHDR"), head)
	at := beginChunk(&file, "IDAT")
	if err := compressRows(&file, im); err != nil {
		return nil, fmt.Errorf("encode a PNG: %w", err)
	}
	endChunk(&file, at, nil)
	endChunk(&file, beginChunk(&file, "IEND"), nil)
	return file.Bytes(), nil
}

// beginChunk writes the head of a chunk whose length is not known yet, and returns where
// it begins.
func beginChunk(file *bytes.Buffer, name string) (at int) {
	at = file.Len()
	file.WriteString("\x00\x00\x00\x00" + name)
	return at
}

// endChunk writes the rest of a chunk, its length and its checksum.
func endChunk(file *bytes.Buffer, at int, rest []byte) {
	file.Write(rest)
	chunk := file.Bytes()[at:]
	binary.BigEndian.PutUint32(chunk, uint32(len(chunk)-8))
	file.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk[4:])))
}

// compressors are kept: a new one allocates and clears a megabyte.
var compressors = sync.Pool{New: func() any {
	c, err := zlib.NewWriterLevel(io.Discard, flate.HuffmanOnly)
	if err != nil {
		panic(err) // the level is one that the package has
	}
	return c
}}

// filterUp is the number of the filter that subtracts the row above.
const filterUp = 2

func compressRows(to io.Writer, im *imaging.Image) error {
	c := compressors.Get().(*zlib.Writer)
	defer compressors.Put(c)
	c.Reset(to)
	length := 3 * im.Width
	filtered, above := make([]byte, 1+length), make([]byte, length)
	filtered[0] = filterUp
	for y := range im.Height {
		row := im.Pix[length*y : length*(y+1)]
		subtract(filtered[1:], row, above)
		if _, err := c.Write(filtered); err != nil {
			return err
		}
		above = row
	}
	return c.Close()
}

// subtract sets out to a − b, byte by byte modulo 256, eight at a time: with the top bit
// of each byte set no borrow leaves it, and the bit is put right afterwards (Warren,
// Hacker's Delight, 2-18).
func subtract(out, a, b []byte) {
	const top = 0x8080808080808080
	i := 0
	for ; i+8 <= len(out) && i+8 <= len(a) && i+8 <= len(b); i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(out[i:], ((x|top)-(y&^top))^((x^^y)&top))
	}
	for ; i < len(out); i++ {
		out[i] = a[i] - b[i]
	}
}
