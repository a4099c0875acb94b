package fuse

import (
	"path/filepath"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// LaidOut returns a graph as the runtime lays it out on this machine.
func LaidOut(folder string, m *onnx.Model, inputs, outputs []string) (*onnx.Model, error) {
	laidOut, s, err := layOut(filepath.Join(folder, "graph.onnx"), m.Marshal(), inputs, outputs, ort.Options{})
	if err == nil {
		s.Close()
	}
	return laidOut, err
}
