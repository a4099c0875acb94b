package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// wholePeers are the models that whole.py knows.
var wholePeers = []string{"resnet50", "resnet18"}

// compareProcess times one whole process, from image file to Grad-CAM files, and
// prints the memory it had at most.
func compareProcess(name, work string, rounds int, only string) error {
	const title = "one process, image file to gradcam files"
	if !strings.Contains(title, only) || !slices.Contains(wholePeers, name) {
		return nil
	}
	if _, err := os.Stat("bin/sightline"); err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	photo := filepath.Join(work, "image.jpg")
	if err := drawPhoto(photo); err != nil {
		return err
	}
	out := func(file string) string { return filepath.Join(work, file) }
	ours := exec.Command("bin/sightline", "map", photo, "--model", out(name+".onnx"), "--method", "gradcam", "--preprocessing", "imagenet",
		"--out", out("ours.npy"), "--out", out("ours.png"))
	theirs := exec.Command("/usr/bin/python3", "bench/saliency/whole.py", photo, out(name+".pt"), name, out("theirs.npy"), out("theirs.png"))
	var o, p, gain []float64
	var ourMemory, theirMemory int64
	for range rounds + 1 { // the first reads from disk
		to, m, err := process(ours)
		if err != nil {
			return err
		}
		ourMemory = max(ourMemory, m)
		tp, m, err := process(theirs)
		if err != nil {
			return err
		}
		theirMemory = max(theirMemory, m)
		o, p, gain = append(o, to), append(p, tp), append(gain, tp/to)
	}
	fmt.Printf("%-13s %-42s %8s    %8.1f ms %8.1f ms  %8s  %12.2f   (%d and %d MB)\n",
		name, title, "", 1e3*median(o[1:]), 1e3*median(p[1:]), "", median(gain[1:]), ourMemory, theirMemory)
	return nil
}

// process runs a command and returns its seconds and its largest memory in MB.
func process(command *exec.Cmd) (seconds float64, megabytes int64, err error) {
	c := exec.Command(command.Path, command.Args[1:]...)
	var said bytes.Buffer
	c.Stderr = &said
	seconds, err = timed(c.Run)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w: %s", command.Path, err, said.String())
	}
	return seconds, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10, nil
}

// drawPhoto writes a photo-sized JPEG of waves.
func drawPhoto(path string) error {
	im := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			wave := func(fx, fy float64) uint8 { return uint8(127 + 120*math.Sin(fx*float64(x)+fy*float64(y))) }
			im.Set(x, y, color.RGBA{wave(0.05, 0.02), wave(0.013, 0.07), wave(0.11, 0.003), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
