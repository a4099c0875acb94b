package testmodel

import (
	"fmt"

	"github.com/sightline/sightline/onnx"
	"google.golang.org/protobuf/encoding/protowire"
)

// ParseTensor reads a serialised TensorProto, the content of the .pb files that the
// ONNX project's operator tests keep inputs and outputs in, as the only initialiser
// of a model. The tensor shares nothing with b.
func ParseTensor(b []byte) (*onnx.Tensor, error) {
	graph := protowire.AppendBytes(protowire.AppendTag(nil, 5, protowire.BytesType), b)
	model := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 8) // the version of the file format
	m, err := onnx.Parse(protowire.AppendBytes(protowire.AppendTag(model, 7, protowire.BytesType), graph))
	if err != nil {
		return nil, err
	}
	if len(m.Graph.Initializers) != 1 {
		return nil, fmt.Errorf("%d tensors in %d bytes", len(m.Graph.Initializers), len(b))
	}
	return m.Graph.Initializers[0], nil
}
