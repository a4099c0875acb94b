//go:build unix

package onnx

import (
	"fmt"
	"os"
	"syscall"
)

// mapped returns the bytes of a file, to be read only, and whether they are mapped:
// what cannot be, on some network file systems, is read.
func mapped(path string) (b []byte, inPlace bool, err error) {
	if err := usable(path); err != nil {
		return nil, false, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, false, fmt.Errorf("read model: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
		if err == nil {
			return b, true, nil
		}
	}
	b, err = readFile(path)
	return b, false, err
}
