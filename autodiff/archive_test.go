package autodiff_test

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"math"
	"strings"
	"testing"
)

// An archive is a NumPy .npz file of references.
type archive struct {
	t    testing.TB
	path string
}

// raw returns the bytes of one array.
func (a archive) raw(name string) []byte {
	a.t.Helper()
	z, err := zip.OpenReader(a.path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(name + ".npy")
	if err != nil {
		a.t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		a.t.Fatal(err)
	}
	return data[10+int(binary.LittleEndian.Uint16(data[8:])):]
}

// has reports whether the file is there and has an array of that name.
func (a archive) has(name string) bool {
	z, err := zip.OpenReader(a.path)
	if err != nil {
		return false
	}
	defer z.Close()
	_, err = z.Open(name + ".npy")
	return err == nil
}

func (a archive) floats(name string) []float32 {
	raw := a.raw(name)
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

func (a archive) ints(name string) []int64 {
	raw := a.raw(name)
	out := make([]int64, len(raw)/8)
	for i := range out {
		out[i] = int64(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return out
}

// texts returns the n strings of an array of fixed-width UCS-4 text.
func (a archive) texts(name string, n int) []string {
	raw := a.raw(name)
	out := make([]string, n)
	for i := range out {
		var s strings.Builder
		for at := i * len(raw) / n; at < (i+1)*len(raw)/n; at += 4 {
			if r := rune(binary.LittleEndian.Uint32(raw[at:])); r != 0 {
				s.WriteRune(r)
			}
		}
		out[i] = s.String()
	}
	return out
}
