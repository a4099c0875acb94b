package attribution

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
)

// TestMasksEqualTheReference compares with masks of the RISE authors' own way of
// making them, from the same random bits and shifts.
func TestMasksEqualTheReference(t *testing.T) {
	path := filepath.Join(testdata.Dir(t), "torchvision", "rise_masks.npz")
	packed, shifts, masks := entry(t, path, "grid.npy"), entry(t, path, "shifts.npy"), entry(t, path, "mask0_3.npy")
	d := newShiftedGrids(RISE{}.withDefaults(), 224, 224, 0)
	p := d.painter().(*gridPainter)
	row := make([]float32, 224)
	for i := range 4 {
		for c := range p.bits {
			p.bits[c] = float32(packed[i*8+c/8] >> (7 - c%8) & 1)
		}
		p.shiftY = int(binary.LittleEndian.Uint16(shifts[4*i:]))
		p.shiftX = int(binary.LittleEndian.Uint16(shifts[4*i+2:]))
		p.enlarge()
		for y := range 224 {
			p.row(y, row)
			for x, k := range row {
				want := math.Float32frombits(binary.LittleEndian.Uint32(masks[4*((i*224+y)*224+x):]))
				if math.Abs(float64(k-want)) > 1e-6 {
					t.Fatalf("mask %d at %d,%d: %v, want %v", i, x, y, k, want)
				}
			}
		}
	}
}

// entry returns the raw values of one array of a NumPy archive.
func entry(t *testing.T, path, name string) []byte {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return data[10+int(binary.LittleEndian.Uint16(data[8:])):]
}
