package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestTruncated cuts every file of the corpus at several places. What decodes
// nevertheless must be complete; what does not must say what is wrong.
func TestTruncated(t *testing.T) {
	truncated := map[string]int{}
	for _, c := range corpus(t) {
		file, want := c.read(t)
		for _, percent := range []int{1, 10, 30, 50, 70, 90, 97} {
			cut := file[:len(file)*percent/100]
			im, err := Decode(bytes.Clone(cut), Limits{})
			switch {
			case err == nil:
				// A plain number that is cut is still a number.
				lastNumber := strings.HasPrefix(c.Name, "pnm-P2") || strings.HasPrefix(c.Name, "pnm-P3")
				if n, _ := differing(im.Pix, want); n > 3 || n > 0 && !lastNumber {
					t.Errorf("%s cut to %d%% decodes, with %d wrong bytes", c.Name, percent, n)
				}
			case errors.Is(err, ErrTruncated):
				truncated[filepath.Ext(c.File)]++
			case !errors.Is(err, ErrFormat):
				t.Errorf("%s cut to %d%%: %v: neither ErrTruncated nor ErrFormat", c.Name, percent, err)
			}
			if err == nil && percent == 50 && len(file) > 2000 && !strings.HasPrefix(c.Name, "gif-animated") && !strings.HasPrefix(c.Name, "webp-animated") && !strings.HasPrefix(c.Name, "png-animated") && !strings.HasPrefix(c.Name, "tiff-pages") {
				t.Errorf("%s: half of the file decodes", c.Name)
			}
		}
	}
	t.Logf("cuts reported as ErrTruncated: %v", truncated)
}

// TestFailuresKeepTheirMessages decodes good and bad files at once: each error
// is its own file's.
func TestFailuresKeepTheirMessages(t *testing.T) {
	var good, bad []byte
	for _, c := range corpus(t) {
		if c.Name == "jpeg-baseline-420-227x149" {
			good, _ = c.read(t)
			bad = good[:len(good)/2]
		}
	}
	var wait sync.WaitGroup
	for i := range 64 {
		wait.Go(func() {
			data := good
			if i%2 == 1 {
				data = bad
			}
			_, err := Decode(data, Limits{})
			if i%2 == 0 && err != nil || i%2 == 1 && !errors.Is(err, ErrTruncated) {
				t.Errorf("decode %d: %v", i, err)
			}
		})
	}
	wait.Wait()
}

func TestBadInput(t *testing.T) {
	cases := map[string]struct {
		data []byte
		want error
		says string
	}{
		"zero bytes":      {nil, ErrTruncated, "empty file"},
		"text":            {[]byte("hello, world"), ErrFormat, "no format known here"},
		"html as jpeg":    {[]byte("<!DOCTYPE html><html>"), ErrFormat, "no format known here"},
		"only magic":      {[]byte("\xff\xd8\xff"), ErrTruncated, "jpeg header"},
		"png bomb":        {pngHeader(60000, 60000), ErrTooLarge, "3600000000 pixels"},
		"png overflow":    {pngHeader(1<<31-1, 1<<31-1), ErrTooLarge, "limit"},
		"png negative":    {pngHeader(1<<31, 5), ErrFormat, ""},
		"png zero":        {pngHeader(0, 5), ErrFormat, "0×5"},
		"gif bomb":        {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x08"), ErrTooLarge, "65535×65535"},
		"bmp bomb":        {bmpHeaderOf(1<<30, 1<<30), ErrTooLarge, ""},
		"pnm bomb":        {[]byte("P6 99999 99999 255\n"), ErrTooLarge, ""},
		"pnm many digits": {[]byte("P6 99999999999999999999 1 255\n"), ErrFormat, "too large"},
		"jpeg no frame":   {[]byte("\xff\xd8\xff\xda\x00\x02"), ErrFormat, "no frame header"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Decode(c.data, Limits{})
			runtime.ReadMemStats(&after)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v saying %q", err, c.want, c.says)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
				t.Errorf("%d bytes were allocated for it", grown)
			}
		})
	}
}

// TestLimit: the limit is the caller's, and inclusive.
func TestLimit(t *testing.T) {
	data := []byte("P5 10 10 255\n" + strings.Repeat("x", 100))
	if _, err := Decode(data, Limits{MaxPixels: 100}); err != nil {
		t.Error(err)
	}
	if _, err := Decode(data, Limits{MaxPixels: 99}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
}

func pngHeader(w, h uint32) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = append(binary.BigEndian.AppendUint32(chunk, h), 8, 2, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(chunk))
	return append(data, "\x00\x00\x00\x00IEND\xaeB`\x82"...)
}

func bmpHeaderOf(w, h uint32) []byte {
	data := make([]byte, 54)
	copy(data, "BM")
	binary.LittleEndian.PutUint32(data[10:], 54)
	binary.LittleEndian.PutUint32(data[14:], 40)
	binary.LittleEndian.PutUint32(data[18:], w)
	binary.LittleEndian.PutUint32(data[22:], h)
	binary.LittleEndian.PutUint16(data[28:], 24)
	return data
}

// An interlaced PNG is held as a whole while it is decoded: its bytes count, not its pixels.
func TestInterlacedCountsBytes(t *testing.T) {
	header := func(depth, colour, interlaced byte) []byte {
		chunk := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), 13377), 13377)
		chunk = append(chunk, depth, colour, 0, 0, interlaced)
		data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
		data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(chunk))
		return append(data, "\x00\x00\x00\x00IEND\xaeB`\x82"...)
	}
	for _, c := range []struct {
		name                      string
		depth, colour, interlaced byte
		tooLarge                  bool
	}{
		{"16-bit RGBA, interlaced", 16, 6, 1, true},
		{"8-bit RGBA, interlaced", 8, 6, 1, true},
		{"8-bit RGB, interlaced", 8, 2, 1, false},
		{"16-bit RGBA", 16, 6, 0, false},
	} {
		info, err := Probe(header(c.depth, c.colour, c.interlaced))
		if err != nil {
			t.Fatal(err)
		}
		err = Limits{}.check(info)
		if errors.Is(err, ErrTooLarge) != c.tooLarge || c.tooLarge && !strings.Contains(err.Error(), "without interlacing") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Decode(header(16, 6, 1), Limits{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("decoding gives %v", err)
	}
}

// A reason is never an empty pair of brackets.
func TestErrorWithoutMessage(t *testing.T) {
	if err := vipsError(""); !errors.Is(err, ErrFormat) || strings.Contains(err.Error(), "()") {
		t.Errorf("%v", err)
	}
	if err := vipsError("VipsJpeg: premature end"); !errors.Is(err, ErrTruncated) || !strings.HasSuffix(err.Error(), "(VipsJpeg: premature end)") {
		t.Errorf("%v", err)
	}
}
