package imaging

import (
	"encoding/binary"
	"fmt"
	"io"
)

// probeWhole is the size up to which ProbeFile reads a file whole, and the most
// it reads of a larger one at once.
const probeWhole = 1 << 20

// ProbeFile is Probe for a file that need not fit in memory: it reads the parts
// of a large file (over 1 MB) that say format, size and orientation, wherever
// they lie. Frames, BitDepth and Channels of a large file may be those of its
// beginning.
func ProbeFile(r io.ReaderAt, size int64) (Info, error) {
	return probeParts(r, size, probeWhole)
}

func probeParts(r io.ReaderAt, size, whole int64) (Info, error) {
	head := make([]byte, min(size, whole))
	if n, err := r.ReadAt(head, 0); err != nil && (err != io.EOF || n < len(head)) {
		return Info{}, fmt.Errorf("reading its beginning: %w", err)
	}
	f, err := recognise(head)
	if err != nil {
		return Info{}, err
	}
	if size > whole {
		switch f.name {
		case "jpeg":
			head = jpegParts(r, size)
		case "png":
			head = pngParts(r, size)
		case "webp":
			head = webpParts(r, size)
		case "tiff":
			head = tiffParts(r, head, size)
		}
	}
	return probeWith(f, head)
}

// part reads up to n bytes at a place; what the file does not have is left out.
func part(r io.ReaderAt, at, n, size int64) []byte {
	data := make([]byte, max(0, min(n, size-at)))
	got, _ := r.ReadAt(data, at) // an error shows as an end that is missing
	return data[:got]
}

// mostPart is the most that is read of a chunk.
const mostPart = 64 << 10

// mostChunks bounds how many chunks of a file are looked at.
const mostChunks = 1 << 16

// jpegParts is a JPEG file up to its first scan, with the segments that probeJPEG
// reads and the others empty.
func jpegParts(r io.ReaderAt, size int64) []byte {
	out := part(r, 0, 2, size)
	at := int64(2)
	for range mostChunks {
		head := part(r, at, 4, size)
		if len(head) < 4 || head[0] != 0xFF || head[1] < 0xC0 || head[1] == 0xFF {
			return append(out, part(r, at, mostPart, size)...) // not a plain row of segments
		}
		length := max(2, int64(binary.BigEndian.Uint16(head[2:])))
		payload := []byte(nil)
		if isStartOfFrame(head[1]) || head[1] == 0xE1 || head[1] == 0xDA {
			payload = part(r, at+4, length-2, size)
		}
		out = append(out, 0xFF, head[1], byte((len(payload)+2)>>8), byte(len(payload)+2))
		out = append(out, payload...)
		if head[1] == 0xDA || head[1] == 0xD9 {
			break
		}
		at += 2 + length
	}
	return out
}

// pngParts is a PNG file with the chunks that probePNG reads and the others empty.
func pngParts(r io.ReaderAt, size int64) []byte {
	out := part(r, 0, 33, size)
	at := int64(33)
	for range mostChunks {
		head := part(r, at, 8, size)
		if len(head) < 8 {
			break
		}
		length := int64(binary.BigEndian.Uint32(head))
		var payload []byte
		if kind := string(head[4:]); (kind == "eXIf" || kind == "acTL") && length <= mostPart {
			payload = part(r, at+8, length, size)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
		out = append(append(append(out, head[4:]...), payload...), 0, 0, 0, 0)
		at += 12 + length
	}
	return out
}

// webpParts does the same for the chunks of a WebP file: the first bytes of each.
func webpParts(r io.ReaderAt, size int64) []byte {
	out := part(r, 0, 12, size)
	at := int64(12)
	for range mostChunks {
		head := part(r, at, 8, size)
		if len(head) < 8 {
			break
		}
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		keep := int64(16)
		if string(head[:4]) == "EXIF" {
			keep = mostPart
		}
		payload := part(r, at+8, min(length, keep)&^1, size)
		out = append(out, head[:4]...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(payload)))
		out = append(out, payload...)
		at += 8 + length + length&1
	}
	return out
}

// tiffParts is the header of a TIFF file with its first directory right behind
// it, and none after it. Values that lie elsewhere are left out.
func tiffParts(r io.ReaderAt, head []byte, size int64) []byte {
	t, err := readTIFFHeader(head)
	if err != nil || t.first > uint64(size) {
		return head[:min(8, len(head))]
	}
	countSize, entrySize, header := int64(2), int64(12), int64(8)
	if t.big {
		countSize, entrySize, header = 8, 20, 16
	}
	out := append([]byte(nil), head[:header]...)
	if t.big {
		t.order.PutUint64(out[8:], uint64(header))
	} else {
		t.order.PutUint32(out[4:], uint32(header))
	}
	at := int64(t.first)
	count := part(r, at, countSize, size)
	if int64(len(count)) < countSize {
		return out
	}
	entries := min(tiffHeader{data: count, order: t.order}.number(0, uint64(countSize)), 1<<16)
	return append(append(out, count...), part(r, at+countSize, int64(entries)*entrySize, size)...)
}
