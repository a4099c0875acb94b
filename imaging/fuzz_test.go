package imaging

import (
	"bytes"
	"errors"
	"image/jpeg"
	"strings"
	"testing"
)

// seedFiles are small files of every format, made here without Python.
func seedFiles() [][]byte {
	seeds := [][]byte{
		pngHeader(3, 2), bmpHeaderOf(2, 2),
		[]byte("P1 2 2\n0 1 1 0\n"), []byte("P2 2 1 7\n3 7\n"), []byte("P3 1 1 255 1 2 3\n"),
		[]byte("P4 9 1\n\xaa\x80"), []byte("P5 2 2 255\nabcd"), []byte("P6 1 1 65535\nabcdef"),
		[]byte("GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x03\x44\x34\x05\x00;"),
		[]byte("II*\x00\x08\x00\x00\x00\x03\x00\x00\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00\x01\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"),
		[]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"),
		append([]byte("BM"), bytes.Repeat([]byte{0}, 60)...),
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, testImage(16, 9).NRGBA(), nil); err != nil {
		panic(err)
	}
	return append(seeds, photo.Bytes())
}

// FuzzProbe: any bytes give a sound header or one of the typed errors.
func FuzzProbe(f *testing.F) {
	for _, seed := range seedFiles() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Probe(data)
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrTruncated) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		if info.Width <= 0 || info.Height <= 0 || info.Frames < 1 || info.Orientation < 1 || info.Orientation > 8 {
			t.Fatalf("%+v", info)
		}
	})
}

// FuzzDecode: any bytes, through our own decoders and libvips', give a whole
// image of the announced size or a typed error.
func FuzzDecode(f *testing.F) {
	for _, seed := range seedFiles() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		im, err := Decode(data, Limits{MaxPixels: 1 << 16})
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		info, err := Probe(data)
		if err != nil || info.Width != im.Width || info.Height != im.Height || len(im.Pix) != 3*im.Width*im.Height {
			t.Fatalf("decoded %v, probed %+v (%v)", im, info, err)
		}
	})
}

// FuzzParsePreprocessing: what parses can be applied to an image.
func FuzzParsePreprocessing(f *testing.F) {
	f.Add(`{"size": 224, "resample": 2, "image_mean": [0.5], "image_std": [0.5]}`)
	f.Add(`{"crop_pct": 0.875, "size": {"shortest_edge": 24}, "resample": 3}`)
	f.Add(`{"size": {"longest_edge": 25}, "do_pad": true, "pad_size": {"height": 25, "width": 20}}`)
	f.Add("size: {height: 20, width: 30}\nresample: lanczos\nantialias: false\nresize_library: tensorflow\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePreprocessing([]byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "preprocessing") {
				t.Fatalf("an error without its subject: %v", err)
			}
			return
		}
		w, h := p.OutputSize()
		if w*h > 1<<12 || p.Size.ShortestEdge > 200 || p.Size.LongestEdge > 200 || p.Size.Width > 200 || p.Size.Height > 200 {
			return // too slow to try
		}
		if rw, rh := p.resized(13, 9); rw*rh > 1<<16 {
			return
		}
		g, err := p.Apply(testImage(13, 9), make([]float32, w*h*p.Channels), NHWC)
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		if g.InputWidth != w || g.InputHeight != h {
			t.Fatalf("%+v gives %+v", p, g)
		}
	})
}
