package imaging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The benchmarks time one image on one thread, and report medians beside those
// of Pillow + torchvision's steps on the same files, measured just before:
//
//	go test ./imaging -run '^$' -bench . -benchtime 2s
//
// Metrics: ms and pillow-ms are medians by the clock, ratio the first divided by
// the second (below 1 is faster); cpu-ms, pillow-cpu-ms and cpu-ratio are the same
// in processor time, which a busy machine disturbs less.

const benchScript = "../bench/pillow_decode.py"

// spent is a duration in milliseconds, by the clock and in processor time.
type spent struct{ wall, cpu float64 }

type pillowTimes struct {
	Decode, Total float64
	DecodeCPU     float64 `json:"decode_cpu"`
	TotalCPU      float64 `json:"total_cpu"`
}

func (p pillowTimes) decode() spent { return spent{p.Decode, p.DecodeCPU} }
func (p pillowTimes) total() spent  { return spent{p.Total, p.TotalCPU} }
func (p pillowTimes) after() spent  { return spent{p.Total - p.Decode, p.TotalCPU - p.DecodeCPU} }

type benchFiles struct {
	dir    string
	pillow map[string]pillowTimes
}

// madeBenchFiles are made, and Pillow's times measured, once for all benchmarks. TestMain removes them.
var madeBenchFiles struct {
	sync.Once
	benchFiles
	err error
}

func makeBenchFiles(b *testing.B) benchFiles {
	b.Helper()
	needPython(b, "PIL, numpy, torch")
	made := &madeBenchFiles
	made.Do(func() {
		if made.dir, made.err = os.MkdirTemp("", "sightline-bench-"); made.err != nil {
			return
		}
		if out, err := exec.Command(python, benchScript, "make", made.dir).CombinedOutput(); err != nil {
			made.err = fmt.Errorf("%w: %s", err, out)
			return
		}
		out, err := exec.Command(python, benchScript, "time", made.path("12mp"), made.path("500x400")).Output()
		if made.err = err; err == nil {
			made.err = json.Unmarshal(out, &made.pillow)
		}
	})
	if made.err != nil {
		b.Fatal(made.err)
	}
	return made.benchFiles
}

func (f benchFiles) path(name string) string { return filepath.Join(f.dir, name+".jpg") }

// threadTime is the processor time of this thread in milliseconds.
func threadTime(b *testing.B) float64 {
	b.Helper()
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return float64(t.Nano()) / 1e6
}

// medianOf runs work b.N times and reports its medians against Pillow's.
func medianOf(b *testing.B, pillow spent, work func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var wall, cpu []float64
	for b.Loop() {
		start, used := time.Now(), threadTime(b)
		work()
		wall = append(wall, time.Since(start).Seconds()*1e3)
		cpu = append(cpu, threadTime(b)-used)
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	ours := spent{wall[len(wall)/2], cpu[len(cpu)/2]}
	b.ReportMetric(ours.wall, "ms")
	b.ReportMetric(pillow.wall, "pillow-ms")
	b.ReportMetric(ours.wall/pillow.wall, "ratio")
	b.ReportMetric(ours.cpu, "cpu-ms")
	b.ReportMetric(pillow.cpu, "pillow-cpu-ms")
	b.ReportMetric(ours.cpu/pillow.cpu, "cpu-ratio")
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
			medianOf(b, pillow.decode(), func() { decodeAndDrop(b, data) })
		})
		b.Run(name+"/preprocess", func(b *testing.B) {
			medianOf(b, pillow.after(), func() { applyTo(b, &p, im, dst) })
		})
		b.Run(name+"/both", func(b *testing.B) {
			medianOf(b, pillow.total(), func() {
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

// BenchmarkLibraries compares libvips with Go's own decoders on one image.
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
	var pngFile bytes.Buffer
	if err := png.Encode(&pngFile, im.NRGBA()); err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"jpeg": jpegFile, "png": pngFile.Bytes()} {
		b.Run(name+"/libvips", func(b *testing.B) {
			processorTime(b, func() { decodeAndDrop(b, data) })
		})
		b.Run(name+"/go", func(b *testing.B) {
			processorTime(b, func() {
				if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// processorTime reports the median of work's processor time as cpu-ms.
func processorTime(b *testing.B, work func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var cpu []float64
	for b.Loop() {
		used := threadTime(b)
		work()
		cpu = append(cpu, threadTime(b)-used)
	}
	slices.Sort(cpu)
	b.ReportMetric(cpu[len(cpu)/2], "cpu-ms")
}

// BenchmarkResize has each filter shrink 500×400 to 320×256.
func BenchmarkResize(b *testing.B) {
	im := testImage(500, 400)
	for _, f := range filters {
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
