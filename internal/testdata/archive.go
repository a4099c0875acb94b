package testdata

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/floats"
)

// An Archive is a NumPy .npz file of references: float32, int64, text or other
// arrays by name, read whole. What cannot be read fails the test.
type Archive struct {
	T    testing.TB
	Path string
}

// Raw returns the bytes of one array.
func (a Archive) Raw(name string) []byte {
	a.T.Helper()
	z, err := zip.OpenReader(a.Path)
	if err != nil {
		a.T.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(name + ".npy")
	if err != nil {
		a.T.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		a.T.Fatal(err)
	}
	return data[10+int(binary.LittleEndian.Uint16(data[8:])):]
}

// Has reports whether the file is there and has an array of that name.
func (a Archive) Has(name string) bool {
	z, err := zip.OpenReader(a.Path)
	if err != nil {
		return false
	}
	defer z.Close()
	_, err = z.Open(name + ".npy")
	return err == nil
}

// Floats returns an array of float32.
func (a Archive) Floats(name string) []float32 {
	return floats.From(a.Raw(name))
}

// Ints returns an array of int64.
func (a Archive) Ints(name string) []int {
	raw := a.Raw(name)
	out := make([]int, len(raw)/8)
	for i := range out {
		out[i] = int(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return out
}

// Texts returns the n strings of an array of fixed-width UCS-4 text.
func (a Archive) Texts(name string, n int) []string {
	raw := a.Raw(name)
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
