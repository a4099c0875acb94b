package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReadPackIndexRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	if err := WritePack(path, []Packed{{Key: "a", Data: []byte("hello")}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, whole[:10], whole[:len(whole)-1], whole[6:]} {
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if items, err := ReadPackIndex(path); !errors.Is(err, errPack) {
			t.Errorf("%d of %d bytes: %v, %v", len(damaged), len(whole), items, err)
		}
	}
}

func FuzzReadPackIndex(f *testing.F) {
	path := filepath.Join(f.TempDir(), "p")
	if err := WritePack(path, []Packed{{Key: "a", Data: []byte("hello")}, {Key: "b"}}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		items, err := ReadPackIndex(path)
		for _, it := range items {
			if err != nil || it.Offset < 0 || it.Length < 0 || it.Offset+it.Length > int64(len(data)) {
				t.Fatalf("%+v, %v", it, err)
			}
		}
	})
}
