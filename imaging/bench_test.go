package imaging

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The benchmarks time one image on one thread, and report medians beside those
// of Pillow + torchvision's steps on the same files, measured just before:
//
//	go test ./imaging -run '^$' -bench . -benchtime 2s
//
// Metrics: ms is Sightline's median, pillow-ms Pillow's, ratio the first divided
// by the second (below 1 is faster).

const benchScript = "../bench/pillow_decode.py"

type benchFiles struct {
	dir    string
	pillow map[string]struct{ Decode, Total float64 }
}

func makeBenchFiles(b *testing.B) benchFiles {
	b.Helper()
	needPython(b, "PIL, numpy, torch")
	f := benchFiles{dir: b.TempDir()}
	if out, err := exec.Command(python, benchScript, "make", f.dir).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command(python, benchScript, "time", f.path("12mp"), f.path("500x400")).Output()
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(out, &f.pillow); err != nil {
		b.Fatal(err)
	}
	return f
}

func (f benchFiles) path(name string) string { return filepath.Join(f.dir, name+".jpg") }

// medianOf runs work b.N times and reports its median against Pillow's.
func medianOf(b *testing.B, pillow float64, work func()) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		work()
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	median := times[len(times)/2].Seconds() * 1e3
	b.ReportMetric(median, "ms")
	b.ReportMetric(pillow, "pillow-ms")
	b.ReportMetric(median/pillow, "ratio")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkDecodePreprocess(b *testing.B) {
	files := makeBenchFiles(b)
	p, _ := Preset("imagenet")
	dst := make([]float32, 3*224*224)
	for _, name := range []string{"12mp", "500x400"} {
		data, err := os.ReadFile(files.path(name))
		if err != nil {
			b.Fatal(err)
		}
		im, err := Decode(data, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		pillow := files.pillow[files.path(name)]
		b.Run(name+"/decode", func(b *testing.B) {
			medianOf(b, pillow.Decode, func() { decodeAndDrop(b, data) })
		})
		b.Run(name+"/preprocess", func(b *testing.B) {
			medianOf(b, pillow.Total-pillow.Decode, func() { applyTo(b, &p, im, dst) })
		})
		b.Run(name+"/both", func(b *testing.B) {
			medianOf(b, pillow.Total, func() {
				im, err := Decode(data, Limits{})
				if err != nil {
					b.Fatal(err)
				}
				applyTo(b, &p, im, dst)
				im.Release()
			})
		})
	}
}

func decodeAndDrop(b *testing.B, data []byte) {
	im, err := Decode(data, Limits{})
	if err != nil {
		b.Fatal(err)
	}
	im.Release()
}

func applyTo(b *testing.B, p *Preprocessing, im *Image, dst []float32) {
	if _, err := p.Apply(im, dst, NCHW); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLibraries compares libvips with Go's own decoders on one picture.
func BenchmarkLibraries(b *testing.B) {
	files := makeBenchFiles(b)
	jpegFile, err := os.ReadFile(files.path("500x400"))
	if err != nil {
		b.Fatal(err)
	}
	im, err := Decode(jpegFile, Limits{})
	if err != nil {
		b.Fatal(err)
	}
	pngFile, err := EncodePNG(im.NRGBA())
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"jpeg": jpegFile, "png": pngFile} {
		b.Run(name+"/libvips", func(b *testing.B) {
			for b.Loop() {
				decodeAndDrop(b, data)
			}
		})
		b.Run(name+"/go", func(b *testing.B) {
			for b.Loop() {
				if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkThumbnail is the price of a thumbnail once a photo is decoded.
func BenchmarkThumbnail(b *testing.B) {
	im := testPicture(500, 400)
	for b.Loop() {
		if _, err := Thumbnail(im, 256); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkResize has each filter shrink 500×400 to 320×256.
func BenchmarkResize(b *testing.B) {
	im := testPicture(500, 400)
	for _, f := range Filters() {
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				Resize(im, 320, 256, f, true).Release()
			}
		})
	}
}

// BenchmarkProbe is the price of reading a header.
func BenchmarkProbe(b *testing.B) {
	files := makeBenchFiles(b)
	data, err := os.ReadFile(files.path("500x400"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Probe(data); err != nil {
			b.Fatal(err)
		}
	}
}
