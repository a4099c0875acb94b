// Package native carries the shared libraries Sightline runs on, ONNX Runtime
// and libvips, inside the binary: compressed with Zstandard by `make setup`,
// extracted once into the user's cache, and checked by SHA-256 before it is
// used, so that a half-written or altered file is replaced and never loaded.
// One that was checked and has not been touched since is not read again: see stamp.go.
package native

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// A Library names one of the embedded shared libraries.
type Library string

// The libraries that are embedded. Each has its file name once extracted.
const (
	ONNXRuntime Library = "libonnxruntime.so"
	Vips        Library = "libvips.so"
)

//go:embed lib
var files embed.FS

var extracted sync.Map // Library → *extraction

type extraction struct {
	once sync.Once
	path string
	err  error
}

// Path returns the file system path of lib, extracting it on first use. It is
// safe for concurrent use by goroutines and by processes.
func Path(lib Library) (string, error) {
	v, _ := extracted.LoadOrStore(lib, new(extraction))
	e := v.(*extraction)
	e.once.Do(func() { e.path, e.err = extract(lib) })
	return e.path, e.err
}

// Digest returns the SHA-256, in hexadecimal, of lib's uncompressed bytes.
func Digest(lib Library) (string, error) {
	sum, err := files.ReadFile("lib/" + string(lib) + ".sha256")
	if err != nil {
		return "", fmt.Errorf("this build does not contain %s (run `make setup`, then build again): %w", lib, err)
	}
	return strings.TrimSpace(string(sum)), nil
}

//go:embed package.json
var pinned []byte

// RuntimeVersion is the version of the embedded ONNX Runtime, e.g. "1.30.0": the one whose
// package the build takes the library from.
func RuntimeVersion() (string, error) {
	var list struct{ Dependencies map[string]string }
	if err := json.Unmarshal(pinned, &list); err != nil {
		return "", fmt.Errorf("read which native libraries are pinned: %w", err)
	}
	return list.Dependencies["onnxruntime-node"], nil
}

func extract(lib Library) (string, error) {
	want, err := Digest(lib)
	if err != nil {
		return "", err
	}
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, want[:16]+"-"+string(lib))
	if (&checker{settled: settled}).intact(path, want) {
		return path, nil
	}
	if err := decompressTo(path, lib, want); err != nil {
		return "", fmt.Errorf("extract %s to %s (set SIGHTLINE_CACHE to a writable folder with 100 MB free): %w", lib, dir, err)
	}
	return path, nil
}

// CacheDir is the folder for what this user's processes need not make twice: $SIGHTLINE_CACHE, else "sightline" in the user's cache folder,
// else a folder of this user's in the temporary folder.
func CacheDir() (string, error) {
	if dir := os.Getenv("SIGHTLINE_CACHE"); dir != "" {
		return dir, os.MkdirAll(dir, 0o700)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		base = filepath.Join(os.TempDir(), fmt.Sprintf("sightline-%d", os.Getuid()))
	}
	dir := filepath.Join(base, "sightline")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("create the cache folder (set SIGHTLINE_CACHE to a writable one): %w", err)
	}
	return dir, nil
}

func digestOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// decompressTo writes beside path and renames, so that another process never
// sees a partial library.
func decompressTo(path string, lib Library, want string) (err error) {
	packed, err := files.ReadFile("lib/" + string(lib) + ".zst")
	if err != nil {
		return err
	}
	reader, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	defer reader.Close()
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+string(lib)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(tmp, h), reader)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("the embedded copy has SHA-256 %s, want %s: the binary is damaged", got, want)
	}
	if err = os.Chmod(tmp.Name(), 0o700); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
