package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/sightline/sightline/internal/floats"
)

// DataType is an element type, numbered as in the format.
type DataType int32

// The element types.
const (
	Undefined DataType = iota
	Float32
	Uint8
	Int8
	Uint16
	Int16
	Int32
	Int64
	String
	Bool
	Float16
	Float64
	Uint32
	Uint64
	Complex64
	Complex128
	BFloat16
)

var typeNames = [...]string{"undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string",
	"bool", "float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16"}

// String returns the usual name, e.g. "float32".
func (t DataType) String() string {
	if t >= 0 && int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type%d", int32(t))
}

// Size returns the bytes of one element, or 0 for strings and for types smaller
// than a byte.
func (t DataType) Size() int {
	switch t {
	case Uint8, Int8, Bool, 17, 18, 19, 20: // 17–20 are the 8-bit floats
		return 1
	case Uint16, Int16, Float16, BFloat16:
		return 2
	case Float32, Int32, Uint32:
		return 4
	case Float64, Int64, Uint64, Complex64:
		return 8
	case Complex128:
		return 16
	}
	return 0
}

// A Tensor is a constant. Its data is in Raw, in Strings, or, when External is
// set, in another file.
type Tensor struct {
	Name     string
	Type     DataType
	Dims     []int64
	Raw      []byte   // little-endian elements, row-major; may alias the file
	Strings  [][]byte // the elements of a String tensor
	External *External
	Doc      string
	unknown  []byte
	place    *place // see MapFile
}

// External says where a tensor's data is: Length bytes at Offset of the file
// Location, a path relative to the model's folder. Length -1 means to the end.
type External struct {
	Location       string
	Offset, Length int64
	other          []Property // keys such as checksum, written back
}

// FloatTensor makes a float32 tensor; without dims it is a scalar.
func FloatTensor(name string, values []float32, dims ...int64) *Tensor {
	return &Tensor{Name: name, Type: Float32, Dims: dims, Raw: floats.Bytes(values)}
}

// IntTensor makes an int64 tensor; without dims it is a scalar.
func IntTensor(name string, values []int64, dims ...int64) *Tensor {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return &Tensor{Name: name, Type: Int64, Dims: dims, Raw: raw}
}

// Elements returns the number of elements; a tensor without dims has one.
func (t *Tensor) Elements() (int, error) {
	n := int64(1)
	for _, d := range t.Dims {
		if d < 0 || (d > 0 && n > math.MaxInt32*int64(1024)/d) {
			return 0, fmt.Errorf("tensor %q has an impossible shape %v", t.Name, t.Dims)
		}
		n *= d
	}
	return int(n), nil
}

// Floats returns the elements as float32, converted from any numeric type. The
// data must be in memory (see Model.LoadExternal).
func (t *Tensor) Floats() ([]float32, error) {
	out := make([]float32, 0, len(t.Raw)/max(1, t.Type.Size()))
	err := t.each(func(v float64, _ int64) { out = append(out, float32(v)) })
	return out, err
}

// Int64s returns the elements of an integer or bool tensor.
func (t *Tensor) Int64s() ([]int64, error) {
	switch t.Type {
	case Float32, Float64, Float16, BFloat16:
		return nil, fmt.Errorf("tensor %q holds %s, not integers", t.Name, t.Type)
	}
	out := make([]int64, 0, len(t.Raw)/max(1, t.Type.Size()))
	err := t.each(func(_ float64, i int64) { out = append(out, i) })
	return out, err
}

// each calls f with every element, as a float64 and as an int64.
func (t *Tensor) each(f func(float64, int64)) error {
	n, err := t.Elements()
	if err != nil {
		return err
	}
	size := t.Type.Size()
	if t.External != nil {
		return fmt.Errorf("tensor %q is in the external file %s, which is not loaded", t.Name, t.External.Location)
	}
	if size == 0 || len(t.Raw) != n*size {
		return fmt.Errorf("tensor %q of type %s and shape %v has %d bytes, want %d", t.Name, t.Type, t.Dims, len(t.Raw), n*size)
	}
	read := elementReader(t.Type)
	if read == nil {
		return fmt.Errorf("tensor %q: elements of type %s cannot be read as numbers", t.Name, t.Type)
	}
	for i := 0; i < n; i++ {
		f(read(t.Raw[i*size:]))
	}
	return nil
}

func elementReader(t DataType) func([]byte) (float64, int64) {
	le := binary.LittleEndian
	integer := func(v int64) (float64, int64) { return float64(v), v }
	real := func(v float64) (float64, int64) { return v, int64(v) }
	switch t {
	case Float32:
		return func(b []byte) (float64, int64) { return real(float64(math.Float32frombits(le.Uint32(b)))) }
	case Float64:
		return func(b []byte) (float64, int64) { return real(math.Float64frombits(le.Uint64(b))) }
	case Float16:
		return func(b []byte) (float64, int64) { return real(float64(HalfToFloat(le.Uint16(b)))) }
	case BFloat16:
		return func(b []byte) (float64, int64) {
			return real(float64(math.Float32frombits(uint32(le.Uint16(b)) << 16)))
		}
	case Uint8, Bool:
		return func(b []byte) (float64, int64) { return integer(int64(b[0])) }
	case Int8:
		return func(b []byte) (float64, int64) { return integer(int64(int8(b[0]))) }
	case Uint16:
		return func(b []byte) (float64, int64) { return integer(int64(le.Uint16(b))) }
	case Int16:
		return func(b []byte) (float64, int64) { return integer(int64(int16(le.Uint16(b)))) }
	case Int32:
		return func(b []byte) (float64, int64) { return integer(int64(int32(le.Uint32(b)))) }
	case Uint32:
		return func(b []byte) (float64, int64) { return integer(int64(le.Uint32(b))) }
	case Int64, Uint64:
		return func(b []byte) (float64, int64) { return integer(int64(le.Uint64(b))) }
	}
	return nil
}
