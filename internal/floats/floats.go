// Package floats turns float32 values into little-endian bytes and back.
package floats

import (
	"encoding/binary"
	"math"
)

// Append appends the values to b, four bytes each.
func Append(b []byte, values []float32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// Bytes returns the values as bytes, four each.
func Bytes(values []float32) []byte { return Append(make([]byte, 0, 4*len(values)), values) }

// From returns the values in b. Bytes after the last whole one are left out.
func From(b []byte) []float32 {
	values := make([]float32, len(b)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return values
}
