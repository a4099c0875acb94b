package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// What a file that is not a usable ONNX model turned out to be. Every one of
// them also matches ErrNotONNX with errors.Is; the message says what to do.
var (
	ErrNotONNX    = errors.New("not an ONNX model")
	ErrEmpty      = errors.New("the file is empty")
	ErrLFSPointer = errors.New("the file is a Git LFS pointer, not the model itself")
	ErrHTML       = errors.New("the file is a web page saved under a model's name")
	ErrTruncated  = errors.New("the file is cut off")
	ErrOtherModel = errors.New("the file is a model in another format")
)

// ReadFile reads the model at path, and checks that the external data files it
// names are there, inside the model's folder and long enough; their content is
// not read (see [Model.LoadExternal]). Errors match [ErrNotONNX] or
// [ErrExternalData], or are the file system's.
func ReadFile(path string) (*Model, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return parseFile(b, path)
}

// mostBytes is what a model file can have: the format, Protocol Buffers, has no longer messages.
const mostBytes = 1<<31 - 1

func readFile(path string) ([]byte, error) {
	err := usable(path)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return b, nil
}

// usable refuses what is not worth opening: a pipe, a device, a file too large.
func usable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("read model: %w", err)
	case info.IsDir():
		return fmt.Errorf("%s: %w: it is a folder; give the file in it", path, ErrNotONNX)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w: it is not a regular file", path, ErrNotONNX)
	case info.Size() > mostBytes:
		return fmt.Errorf("%s: %w: it has %d bytes, and a model file %d at most; larger weights lie in a data file beside it", path, ErrNotONNX, info.Size(), mostBytes)
	}
	return nil
}

// parseFile parses the bytes of the file at path and checks what lies beside it.
func parseFile(b []byte, path string) (*Model, error) {
	m, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m.Dir = filepath.Dir(path)
	if err := m.checkExternal(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Parse decodes the bytes of a model file, telling other kinds of files apart.
// The model aliases b. Errors match [ErrNotONNX].
func Parse(b []byte) (*Model, error) {
	if err := diagnose(b); err != nil {
		return nil, err
	}
	m, err := Unmarshal(b)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && looksLikeModel(b):
		return nil, problem(ErrTruncated, "download or copy it again, and compare its size with the original's")
	case err != nil:
		return nil, fmt.Errorf("%w (%w): export the model to ONNX, or check that the file is complete", ErrNotONNX, err)
	case m.Graph == nil && looksLikeModel(b):
		return nil, problem(ErrTruncated, "it holds no graph: download or copy it again")
	case m.Graph == nil || m.IRVersion == 0 && len(m.Graph.Nodes) == 0:
		return nil, fmt.Errorf("%w: it holds no graph; export the model to ONNX", ErrNotONNX)
	}
	return m, nil
}

func problem(kind error, advice string) error {
	return fmt.Errorf("%w: %w; %s", ErrNotONNX, kind, advice)
}

// diagnose recognises what is often found under the name of a model.
func diagnose(b []byte) error {
	head := b[:min(len(b), 512)]
	text := strings.ToLower(string(bytes.TrimSpace(head)))
	switch {
	case len(b) == 0:
		return problem(ErrEmpty, "download or copy the model again")
	case bytes.HasPrefix(head, []byte("version https://git-lfs")):
		return problem(ErrLFSPointer, "fetch the model with `git lfs pull` in its repository, or download the raw file")
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"), strings.HasPrefix(text, "<?xml") && strings.Contains(text, "<html"):
		return problem(ErrHTML, "use the download link of the raw file, not the address of the page about it")
	case otherFormat(head) != "":
		return problem(ErrOtherModel, fmt.Sprintf("it is %s: export it to ONNX and use that file", otherFormat(head)))
	}
	return nil
}

// otherFormat names the format of a file that starts with head, "" if unknown.
func otherFormat(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "a zip archive (PyTorch .pt, Keras .keras or a packed download)"
	case bytes.HasPrefix(head, []byte("\x89HDF\r\n\x1a\n")):
		return "an HDF5 file (Keras .h5)"
	case bytes.HasPrefix(head, []byte("\x80\x02")), bytes.HasPrefix(head, []byte("\x80\x04")):
		return "a Python pickle (PyTorch .pth)"
	case len(head) > 8 && string(head[4:8]) == "TFL3":
		return "a TensorFlow Lite model"
	case len(head) > 8 && string(head[4:8]) == "ORTM":
		return "an ONNX Runtime .ort file (use the .onnx it was made from)"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "a gzip archive (unpack it)"
	case len(head) > 10 && head[8] == '{' && bytes.Contains(head, []byte(`"dtype"`)):
		return "a safetensors file (weights without a graph)"
	}
	return ""
}

// looksLikeModel reports whether b starts as a ModelProto does: field 1, a
// varint, holding a plausible IR version.
func looksLikeModel(b []byte) bool {
	return len(b) >= 2 && b[0] == 0x08 && b[1] > 0 && b[1] < 64
}
