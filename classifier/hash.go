package classifier

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sightline/sightline/onnx"
)

// hashModel returns the SHA-256, in hexadecimal, of the model's file followed by
// its external data files, and their size in bytes.
func hashModel(m *onnx.Model, path string) (string, int64, error) {
	files := []string{path}
	for _, name := range m.ExternalFiles() {
		files = append(files, filepath.Join(m.Dir, filepath.FromSlash(name)))
	}
	h, size := sha256.New(), int64(0)
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return "", 0, fmt.Errorf("read model: %w", err)
		}
		n, err := io.Copy(h, f)
		f.Close()
		if err != nil {
			return "", 0, fmt.Errorf("read model file %s: %w", name, err)
		}
		size += n
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
