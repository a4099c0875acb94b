package ort

import "testing"

// TestVersionIsTheLibrarys compares what is told without loading it.
func TestVersionIsTheLibrarys(t *testing.T) {
	told, err := Version()
	if err != nil {
		t.Fatal(err)
	}
	if loaded, err := loadedVersion(); err != nil || told != loaded {
		t.Errorf("ONNX Runtime says %s, %v; this program tells %s", loaded, err, told)
	}
}
