package attribution

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
)

func TestTargets(t *testing.T) {
	logits := []float32{1, 5, 3, 5}
	for _, c := range []struct {
		text         string
		truth        int
		class, minus int
	}{
		{"", NoTruth, 1, -1}, {"predicted", 2, 1, -1}, {"true", 2, 2, -1}, {"class:3", 0, 3, -1},
		{"contrast", 2, 1, 2}, {"contrast", 1, 1, 3}, {"contrast", NoTruth, 1, 3},
	} {
		target, err := ParseTarget(c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Resolve(target, logits, c.truth)
		if err != nil || got.Class != c.class || got.Minus != c.minus {
			t.Errorf("%q of truth %d: %+v, %v; want %d minus %d", c.text, c.truth, got, err, c.class, c.minus)
		}
		if c.text != "" && got.String() != c.text {
			t.Errorf("%q prints as %q", c.text, got)
		}
	}
	for _, text := range []string{"class", "class:", "class:-1", "class:x", "best"} {
		if _, err := ParseTarget(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	if _, err := Resolve(Target{Kind: True}, logits, NoTruth); !errors.Is(err, ErrNoTruth) {
		t.Errorf("error %v, want ErrNoTruth", err)
	}
	for _, bad := range []Target{{Kind: OneClass, Class: 4}, {Kind: "other"}} {
		if _, err := Resolve(bad, logits, 0); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
	if _, err := Resolve(Target{}, []float32{1, float32(math.NaN())}, 0); err == nil {
		t.Error("NaN logits: no error")
	}
	if best, second := topTwo([]float32{9, 1, 2}); best != 0 || second != 2 {
		t.Errorf("best two are %d, %d", best, second)
	}
}

func TestDiagnose(t *testing.T) {
	nan := float32(math.NaN())
	for want, values := range map[string][]float32{
		"zero": {0, 1e-9, -1e-9}, "constant": {2, 2, 2}, "not finite": {1, nan, 2}, "": {0, 0, 0.1},
	} {
		got := Diagnose(values, 3)
		if (want == "") != (got == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
	for _, c := range []struct {
		values []float32
		want   bool
	}{
		{[]float32{5, 5, 5, 1, 2}, true}, {[]float32{-5, -5, -5, 1, 2}, true}, // cut off above, below
		{[]float32{5, 5, -5, -5, 2, 1}, false}, {[]float32{5, 5, 1, 2}, false}, // both ends; just half
		{[]float32{0, 0, 0, 0, 3}, false}, {[]float32{1, 1, 1, 1, 3}, false}, // most places have no effect, or a little
		{[]float32{5, 5 * (1 + 1e-7), 5, 1, 2}, true}, // up to rounding
	} {
		if got := strings.HasPrefix(Diagnose(c.values, 3), "saturated"); got != c.want {
			t.Errorf("%v: saturated is %v", c.values, got)
		}
	}
	if Diagnose([]float32{0, 1e-4}, 1000) == "" {
		t.Error("an effect under the rounding of its score passes for a map")
	}
}

func TestHottest(t *testing.T) {
	g := imaging.Geometry{InputWidth: 100, InputHeight: 100, Matrix: [6]float64{2, 0, 30, 0, 2, 0}}
	m := Map{Width: 2, Height: 2, Values: []float32{float32(math.NaN()), -1, 4, 4}, Geometry: g.Scaled(2, 2)}
	p, ok := m.Hottest()
	if !ok || p.Column != 0 || p.Row != 1 || p.X != 80 || p.Y != 150 || p.Value != 4 {
		t.Errorf("hottest %+v", p)
	}
	if low, high := m.Range(); low != -1 || high != 4 {
		t.Errorf("range %v to %v", low, high)
	}
	if _, ok := (&Map{Width: 1, Height: 1, Values: []float32{float32(math.NaN())}}).Hottest(); ok {
		t.Error("a map of NaN has a hottest place")
	}
}

func TestNPY(t *testing.T) {
	m := &Map{Width: 3, Height: 2, Values: []float32{1, -2.5, 3e-30, float32(math.Inf(1)), 0, 7}}
	var file bytes.Buffer
	if err := m.WriteNPY(&file); err != nil {
		t.Fatal(err)
	}
	if file.Len() != 128+24 {
		t.Fatalf("%d bytes, want a header of 128 and 24", file.Len())
	}
	header, values := file.Bytes()[:128], file.Bytes()[128:]
	if !bytes.HasPrefix(header, []byte("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }")) || header[127] != '\n' {
		t.Errorf("header %q", header)
	}
	for i, want := range m.Values {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(values[4*i:])); got != want {
			t.Errorf("value %d: %v, want %v", i, got, want)
		}
	}
	if m.Width = 4; m.WriteNPY(&file) == nil {
		t.Error("wrong size: no error")
	}
}

// NumPy itself reads what WriteNPY writes.
func TestNPYIsReadByNumPy(t *testing.T) {
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skip("needs NumPy in /usr/bin/python3 (Debian: python3-numpy): ", err)
	}
	dir := t.TempDir()
	var file bytes.Buffer
	if err := (&Map{Width: 3, Height: 2, Values: []float32{1, 2, 3, 4, 5, 6}}).WriteNPY(&file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.npy"), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	script := "import numpy as np; a = np.load('a.npy'); assert a.dtype == np.float32 and a.shape == (2, 3) and (a == [[1, 2, 3], [4, 5, 6]]).all()"
	cmd := exec.Command(python, "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// A map that keeps channels is a NumPy array of three dimensions, in the model's
// own order.
func TestNPYOfChannels(t *testing.T) {
	for layout, shape := range map[imaging.Layout]string{imaging.NCHW: "(3, 1, 2)", imaging.NHWC: "(1, 2, 3)"} {
		var file bytes.Buffer
		m := &Map{Width: 2, Height: 1, Channels: 3, Layout: layout, Values: make([]float32, 6)}
		if err := m.WriteNPY(&file); err != nil || !strings.Contains(file.String(), "'shape': "+shape) {
			t.Errorf("%s: %q, %v", layout, file.String()[:128], err)
		}
		if m.Values = m.Values[:2]; m.WriteNPY(&file) == nil {
			t.Errorf("%s: a channel alone passes for three", layout)
		}
	}
}

// TestReduceByHand: two channels of two places in both layouts.
func TestReduceByHand(t *testing.T) {
	first, last := []float32{1, -2, 3, -5}, []float32{1, 3, -2, -5}
	for layout, values := range map[imaging.Layout][]float32{imaging.NCHW: first, imaging.NHWC: last} {
		if got := reduce(values, 2, 2, layout, Sum); !slices.Equal(got, []float32{4, -7}) {
			t.Errorf("%s: sum %v", layout, got)
		}
		if got := reduce(values, 2, 2, layout, LargestChannel); !slices.Equal(got, []float32{3, 5}) {
			t.Errorf("%s: absmax %v", layout, got)
		}
		m := &Map{Width: 2, Height: 1, Values: values, Channels: 2, Layout: layout}
		if flat := m.Summed(); !slices.Equal(flat.Values, []float32{4, -7}) || flat.Channels != 0 || flat.Summed() != flat {
			t.Errorf("%s: summed %+v", layout, flat)
		}
	}
}
