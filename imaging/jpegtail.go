package imaging

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// checkJPEGTail reads what follows the pixels of a JPEG file with one scan, as
// libjpeg's jpeg_finish_decompress does and PIL therefore too: markers up to the
// end of the image. libvips does not look there. A marker that cannot stand there
// (a second frame or scan, a reserved code, a table that is none) is mostly the
// sign of damage in the middle of the pixels, where the decoder stopped and left
// the rest grey: PIL says "broken data stream", and so do we.
//
// A file that only ends there is left to the decoder, and so are files of several
// scans (progressive ones), which decoders read to their end anyway.
func checkJPEGTail(data []byte) error {
	scan, err := readJPEGScan(data)
	if err != nil || scan.several {
		return nil // what is wrong before the pixels is the decoder's to say
	}
	r := jpegReader{data: data, at: scan.start}
	if !r.skipScan(scan.restarts) {
		return nil
	}
	return r.trailer()
}

// jpegScan is what must be known of the first scan to find its end.
type jpegScan struct {
	start    int  // of the compressed data
	several  bool // the image has more scans than this one
	restarts int  // restart markers that belong to it
}

// readJPEGScan walks the segments before the first scan.
func readJPEGScan(data []byte) (scan jpegScan, err error) {
	interval, components, progressive, units := 0, 0, false, 0
	for at := 2; ; {
		marker, segment, next, err := jpegSegment(data, at)
		if err != nil {
			return scan, err
		}
		switch {
		case isStartOfFrame(marker) && len(segment) >= 6:
			components = int(segment[5])
			progressive = marker&3 == 2
			units = jpegUnits(segment)
		case marker == 0xDD && len(segment) >= 2:
			interval = int(binary.BigEndian.Uint16(segment))
		case marker == 0xDA && len(segment) >= 1:
			scan.start = next
			scan.several = progressive || int(segment[0]) < components
			if interval > 0 && units > 0 {
				scan.restarts = (units - 1) / interval
			}
			return scan, nil
		case marker == 0xD9:
			return scan, ErrFormat
		}
		at = next
	}
}

// jpegUnits is the number of minimum coded units of a frame whose components are
// in one scan (ITU-T T.81, A.2): blocks of a single component, else of the
// largest sampling factors.
func jpegUnits(frame []byte) int {
	height, width := int(binary.BigEndian.Uint16(frame[1:])), int(binary.BigEndian.Uint16(frame[3:]))
	h, v := 1, 1
	if n := int(frame[5]); n > 1 {
		for c := 0; c < n && 6+3*c+1 < len(frame); c++ {
			h, v = max(h, int(frame[6+3*c+1]>>4)), max(v, int(frame[6+3*c+1]&15))
		}
	}
	return ((width + 8*h - 1) / (8 * h)) * ((height + 8*v - 1) / (8 * v))
}

// jpegReader reads markers as libjpeg's jdmarker.c does.
type jpegReader struct {
	data   []byte
	at     int
	marker byte // found and not used yet; 0: none
}

// next finds the next marker; false at the end of the data.
func (r *jpegReader) next() bool {
	for {
		i := bytes.IndexByte(r.data[r.at:], 0xFF)
		if i < 0 {
			r.at = len(r.data)
			return false
		}
		r.at += i
		for r.at < len(r.data) && r.data[r.at] == 0xFF {
			r.at++
		}
		if r.at >= len(r.data) {
			return false
		}
		code := r.data[r.at]
		r.at++
		if code != 0 { // FF 00 is a data byte
			r.marker = code
			return true
		}
	}
}

// skipScan passes the compressed data with its restart markers, in the order and
// with the remedies of jpeg_resync_to_restart, to the first marker behind it.
// It is false if the data ends before.
func (r *jpegReader) skipScan(restarts int) bool {
	for k := range restarts {
		if r.marker == 0 && !r.next() {
			return false
		}
		if !r.resync(byte(k % 8)) {
			return false
		}
	}
	return r.marker != 0 || r.next()
}

// resync takes the marker at a restart where number wanted is due.
func (r *jpegReader) resync(wanted byte) bool {
	for {
		switch ahead := (r.marker - 0xD0 - wanted) & 7; {
		case r.marker < 0xC0, r.isRestart() && ahead >= 6: // no marker of a JPEG, or an earlier restart: skip it
			if !r.next() {
				return false
			}
		case !r.isRestart(), ahead == 1, ahead == 2: // leave it where it is
			return true
		default: // the wanted one, or too far off to tell
			r.marker = 0
			return true
		}
	}
}

func (r *jpegReader) isRestart() bool { return r.marker >= 0xD0 && r.marker <= 0xD7 }

// trailer reads the markers behind the scan, from the one already found.
func (r *jpegReader) trailer() error {
	for {
		switch m := r.marker; {
		case m == 0xD9:
			return nil
		case r.isRestart(), m == 0x01: // without a segment
		default:
			segment, there, err := r.segment()
			if err != nil || !there {
				return err
			}
			if err := checkTrailing(m, segment); err != nil {
				return err
			}
		}
		if !r.next() {
			return nil
		}
	}
}

// segment returns the payload of the marker's segment, and whether it is there
// whole. Some markers are wrong before their segment is read.
func (r *jpegReader) segment() ([]byte, bool, error) {
	rest := r.data[r.at:]
	switch m := r.marker; {
	case m < 0xC0, m >= 0xF0 && m <= 0xFD, m == 0xD8, m == 0xDE, m == 0xDF: // reserved, or another start
		return nil, false, brokenJPEG(m)
	case isStartOfFrame(m) || m == 0xC8: // a second frame: libjpeg reads 8 bytes of those it knows
		if known := m <= 0xC2 || m == 0xC9 || m == 0xCA; known && len(rest) < 8 {
			return nil, false, nil
		}
		return nil, false, brokenJPEG(m)
	case m == 0xDA && len(rest) >= 3 && !scanHeaderFits(rest):
		return nil, false, brokenJPEG(m)
	}
	if len(rest) < 2 {
		return nil, false, nil
	}
	length := max(2, int(binary.BigEndian.Uint16(rest)))
	if length > len(rest) {
		return nil, false, nil
	}
	r.at += length
	return rest[2:length], true, nil
}

// scanHeaderFits reports whether the length of a scan's header goes with its
// number of components.
func scanHeaderFits(header []byte) bool {
	n := int(header[2])
	return n >= 1 && n <= 4 && int(binary.BigEndian.Uint16(header)) == 2*n+6
}

// checkTrailing refuses segments that libjpeg refuses behind the scan.
func checkTrailing(marker byte, segment []byte) error {
	ok := true
	switch marker {
	case 0xC4:
		ok = huffmanTables(segment)
	case 0xCC:
		ok = arithmeticConditioning(segment)
	case 0xDB:
		ok = quantisationTables(segment)
	case 0xDD:
		ok = len(segment) == 2
	case 0xDA: // a second scan of an image that has one
		ok = false
	}
	if !ok {
		return brokenJPEG(marker)
	}
	return nil
}

func brokenJPEG(marker byte) error {
	return fmt.Errorf("broken data stream: marker %02X where the image should end: %w", marker, ErrFormat)
}

// huffmanTables reports whether a DHT segment holds tables and nothing else.
func huffmanTables(segment []byte) bool {
	for len(segment) > 16 {
		symbols := 0
		for _, n := range segment[1:17] {
			symbols += int(n)
		}
		index := segment[0]
		if symbols > 256 || symbols > len(segment)-17 || index&^0x10 >= 4 {
			return false
		}
		segment = segment[17+symbols:]
	}
	return len(segment) == 0
}

// quantisationTables does the same for DQT.
func quantisationTables(segment []byte) bool {
	for len(segment) > 0 {
		size := 64 << min(1, segment[0]>>4)
		if segment[0]&15 >= 4 || len(segment) < 1+size {
			return false
		}
		segment = segment[1+size:]
	}
	return true
}

// arithmeticConditioning does the same for DAC.
func arithmeticConditioning(segment []byte) bool {
	for ; len(segment) >= 2; segment = segment[2:] {
		index, value := segment[0], segment[1]
		if index >= 32 || index < 16 && value&15 > value>>4 {
			return false
		}
	}
	return len(segment) == 0
}
