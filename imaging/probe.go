package imaging

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Info is what the header of an image file says.
type Info struct {
	// Format is "jpeg", "png", "gif", "webp", "bmp", "tiff" or "pnm".
	Format string
	// Width and Height are those of the stored pixels (see Orientation).
	Width, Height int
	// Orientation is the EXIF orientation; 1 if there is none. TIFF files are
	// decoded upright, as PIL does, and so report 1 and their upright size.
	Orientation Orientation
	// Frames is the number of images in an animation or a multi-page file;
	// the first is the one that is decoded.
	Frames int
	// BitDepth is the number of bits of a channel (of an index, with a palette).
	BitDepth int
	// Channels counts the stored channels, alpha included; 1 with a palette.
	Channels int
	// Interlaced PNG files are decoded as a whole, not row by row.
	Interlaced bool
}

// MediaType returns the MIME type of the format.
func (i Info) MediaType() string {
	if i.Format == "pnm" {
		return "image/x-portable-anymap"
	}
	return "image/" + i.Format
}

// BrowserUpright reports whether web browsers show the file's own bytes, and
// show them upright: Chromium and Firefox turn JPEG, but not WebP, by its EXIF
// orientation, and do not agree on PNG; they read no TIFF or PNM.
func (i Info) BrowserUpright() bool {
	switch i.Format {
	case "jpeg":
		return i.BitDepth == 8
	case "png", "gif", "webp", "bmp":
		return !i.Orientation.Rotated()
	}
	return false
}

// A format is recognised by the beginning of the file, whatever its name.
type format struct {
	name   string
	is     func(data []byte) bool
	probe  func(data []byte) (Info, error)
	decode func(data []byte, info Info) (*Image, error)
}

// formats lists every format that is read; decode.go fills in the decoders.
var formats = []format{
	{"jpeg", startsWith("\xff\xd8\xff"), probeJPEG, decodeJPEG},
	{"png", startsWith("\x89PNG\r\n\x1a\n"), probePNG, decodePNG},
	{"gif", startsWith("GIF87a", "GIF89a"), probeGIF, decodeGIF},
	{"webp", isWebP, probeWebP, decodeWebP},
	{"bmp", startsWith("BM"), probeBMP, decodeBMP},
	{"tiff", startsWith("II*\x00", "MM\x00*", "II+\x00", "MM\x00+"), probeTIFF, decodeTIFF},
	{"pnm", isPNM, probePNM, decodePNM},
}

func startsWith(magic ...string) func([]byte) bool {
	return func(data []byte) bool {
		for _, m := range magic {
			if len(data) >= len(m) && string(data[:len(m)]) == m {
				return true
			}
		}
		return false
	}
}

func isWebP(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

func isPNM(data []byte) bool {
	return len(data) >= 3 && data[0] == 'P' && data[1] >= '1' && data[1] <= '6' && (isSpace(data[2]) || data[2] == '#')
}

// Probe reads the header of an image file: no pixel is decoded and nothing of
// the announced size is allocated. Errors are ErrFormat or ErrTruncated.
func Probe(data []byte) (Info, error) {
	f, err := recognise(data)
	if err != nil {
		return Info{}, err
	}
	return probeWith(f, data)
}

func recognise(data []byte) (format, error) {
	if len(data) == 0 {
		return format{}, fmt.Errorf("empty file: %w", ErrTruncated)
	}
	for _, f := range formats {
		if f.is(data) {
			return f, nil
		}
	}
	if name := foreignFormat(data); name != "" {
		return format{}, foreignError(name)
	}
	return format{}, fmt.Errorf("begins with %q, no format known here (JPEG, PNG, GIF, WebP, BMP, TIFF, PNM): %w", data[:min(8, len(data))], ErrFormat)
}

// foreignFormat names the kinds of image that are known and not read.
func foreignFormat(data []byte) string {
	if len(data) >= 12 && string(data[4:8]) == "ftyp" {
		switch brand := string(data[8:12]); brand {
		case "avif", "avis":
			return "AVIF"
		case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
			return "HEIC"
		}
		return "a video or image in an ISO container (" + strings.TrimSpace(string(data[8:12])) + ")"
	}
	for _, known := range []struct{ magic, name string }{
		{"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"}, {"\xff\x4f\xff\x51", "JPEG 2000"},
		{"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"}, {"\xff\x0a", "JPEG XL"}, {"8BPS", "Photoshop"},
		{"<svg", "SVG"}, {"%PDF", "PDF"},
	} {
		if strings.HasPrefix(string(data[:min(16, len(data))]), known.magic) {
			return known.name
		}
	}
	return ""
}

func probeWith(f format, data []byte) (Info, error) {
	info, err := f.probe(data)
	if err != nil {
		return Info{}, fmt.Errorf("%s header: %w", f.name, err)
	}
	if info.Width <= 0 || info.Height <= 0 {
		return Info{}, fmt.Errorf("%s of %d×%d pixels: %w", f.name, info.Width, info.Height, ErrFormat)
	}
	info.Format = f.name
	info.Frames = max(1, info.Frames)
	if !info.Orientation.Rotated() {
		info.Orientation = 1
	}
	return info, nil
}

// probeJPEG walks the marker segments up to the start of the scan.
func probeJPEG(data []byte) (Info, error) {
	info := Info{}
	for at := 2; ; {
		marker, segment, next, err := jpegSegment(data, at)
		if err != nil {
			return Info{}, err
		}
		switch {
		case isStartOfFrame(marker):
			if len(segment) < 6 {
				return Info{}, ErrTruncated
			}
			info.BitDepth = int(segment[0])
			info.Height = int(binary.BigEndian.Uint16(segment[1:]))
			info.Width = int(binary.BigEndian.Uint16(segment[3:]))
			info.Channels = int(segment[5])
		case marker == 0xE1 && info.Orientation == 0:
			if tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok {
				info.Orientation = exifOrientation(tiff)
			}
		case marker == 0xDA || marker == 0xD9:
			if info.Width == 0 {
				return Info{}, fmt.Errorf("no frame header before the scan: %w", ErrFormat)
			}
			return info, nil
		}
		at = next
	}
}

func isStartOfFrame(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

// jpegSegment returns the marker at or after position at, its payload, and
// where the next one begins. Garbage between segments is skipped, as libjpeg does.
func jpegSegment(data []byte, at int) (marker byte, payload []byte, next int, err error) {
	for at < len(data) && data[at] != 0xFF {
		at++
	}
	for at < len(data) && data[at] == 0xFF {
		at++
	}
	if at >= len(data) {
		return 0, nil, 0, ErrTruncated
	}
	marker = data[at]
	at++
	if marker == 0 || marker == 0x01 || marker >= 0xD0 && marker <= 0xD9 {
		return marker, nil, at, nil
	}
	if at+2 > len(data) {
		return 0, nil, 0, ErrTruncated
	}
	length := int(binary.BigEndian.Uint16(data[at:]))
	if length < 2 {
		return 0, nil, 0, fmt.Errorf("segment of length %d: %w", length, ErrFormat)
	}
	if at+length > len(data) {
		return 0, nil, 0, ErrTruncated
	}
	return marker, data[at+2 : at+length], at + length, nil
}

// probePNG reads IHDR, and looks for the orientation and the frame count in the
// chunks that follow.
func probePNG(data []byte) (Info, error) {
	if len(data) < 33 {
		return Info{}, ErrTruncated
	}
	if string(data[12:16]) != "IHDR" {
		return Info{}, fmt.Errorf("first chunk is %q: %w", data[12:16], ErrFormat)
	}
	w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
	if w > 1<<31-1 || h > 1<<31-1 {
		return Info{}, fmt.Errorf("%d×%d pixels: %w", w, h, ErrFormat)
	}
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[25]]
	if channels == 0 {
		return Info{}, fmt.Errorf("colour type %d: %w", data[25], ErrFormat)
	}
	info := Info{Width: int(w), Height: int(h), BitDepth: int(data[24]), Channels: channels, Interlaced: data[28] != 0}
	for at := 33; at+8 <= len(data); {
		length := int(binary.BigEndian.Uint32(data[at:]))
		if length > len(data)-at-8 {
			break
		}
		chunk := data[at+8 : at+8+length]
		switch string(data[at+4 : at+8]) {
		case "eXIf":
			info.Orientation = exifOrientation(chunk)
		case "acTL":
			if length >= 4 {
				info.Frames = int(binary.BigEndian.Uint32(chunk))
			}
		}
		at += 12 + length
	}
	return info, nil
}

// probeWebP reads the RIFF chunks.
func probeWebP(data []byte) (Info, error) {
	info := Info{BitDepth: 8, Channels: 3}
	for at := 12; at+8 <= len(data); {
		length := int(binary.LittleEndian.Uint32(data[at+4:]))
		chunk := data[at+8:]
		whole := length <= len(chunk)
		if whole {
			chunk = chunk[:length]
		}
		if err := webpChunk(&info, string(data[at:at+4]), chunk); err != nil {
			return Info{}, err
		}
		if !whole {
			break
		}
		at += 8 + length + length&1
	}
	if info.Width == 0 {
		return Info{}, ErrTruncated
	}
	return info, nil
}

func webpChunk(info *Info, kind string, chunk []byte) error {
	switch {
	case kind == "VP8X" && len(chunk) >= 10:
		info.Width, info.Height = 1+uint24(chunk[4:]), 1+uint24(chunk[7:])
		if chunk[0]&0x10 != 0 {
			info.Channels = 4
		}
	case kind == "VP8 " && len(chunk) >= 10 && info.Width == 0:
		info.Width = int(binary.LittleEndian.Uint16(chunk[6:])) & 0x3FFF
		info.Height = int(binary.LittleEndian.Uint16(chunk[8:])) & 0x3FFF
	case kind == "VP8L" && len(chunk) >= 5 && info.Width == 0:
		bits := binary.LittleEndian.Uint32(chunk[1:])
		info.Width, info.Height = 1+int(bits&0x3FFF), 1+int(bits>>14&0x3FFF)
		if bits>>28&1 != 0 {
			info.Channels = 4
		}
	case (kind == "VP8X" || kind == "VP8 " || kind == "VP8L") && info.Width == 0:
		return ErrTruncated
	case kind == "ANMF":
		info.Frames++
	case kind == "EXIF":
		chunk = bytes.TrimPrefix(chunk, []byte("Exif\x00\x00"))
		info.Orientation = exifOrientation(chunk)
	}
	return nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
