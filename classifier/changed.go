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

// File reads the model anew: as its file is, with its functions in place of their calls, or
// as With was given it.
func (c *Classifier) File() (m *onnx.Model, err error) {
	switch {
	case c.changed != nil:
		m, err = onnx.Parse(c.changed)
	case c.mapped:
		m, err = onnx.MapFile(c.spec.Path)
	default:
		m, err = onnx.ReadFile(c.spec.Path)
	}
	if err == nil {
		_ = m.Inline() // as in reading.input
	}
	return m, err
}

// With returns a classifier of the same specification whose model is m: the
// file's with other weights, such as random ones, all of them loaded. It is closed
// on its own.
func (c *Classifier) With(m *onnx.Model) (*Classifier, error) {
	other := &Classifier{spec: c.spec, threads: c.threads, changed: m.Marshal(), watch: c.watch}
	_, err := other.whole()
	return other, err
}

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
