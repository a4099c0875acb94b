//go:build unix

package onnx

import (
	"fmt"
	"os"
	"syscall"
)

// mapped returns the bytes of a file, to be read only.
func mapped(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	if info.Size() == 0 || !info.Mode().IsRegular() {
		return readFile(path) // nothing to map, or not to be mapped
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("read model: map %s: %w", path, err)
	}
	return b, nil
}
