package onnx

import "fmt"

// ParseTensor reads a serialised TensorProto, the content of the .pb files that
// the ONNX project's operator tests keep inputs and outputs in. The tensor may
// alias b.
func ParseTensor(b []byte) (*Tensor, error) {
	t, err := decodeTensor(b)
	if err != nil {
		return nil, fmt.Errorf("read a tensor of %d bytes: %w", len(b), err)
	}
	return t, nil
}
