package ort

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline/sightline/onnx"
	rt "github.com/yalue/onnxruntime_go"
)

// A Tensor is a dense array, row-major. Data is a []float32, []float64, []uint8,
// []int8, []int32, []int64 or []bool of that many elements; a float16 tensor
// holds its bit patterns as Half.
type Tensor struct {
	Shape []int64
	Data  any
}

// Half holds float16 elements as IEEE 754 binary16 bit patterns (see
// onnx.FloatToHalf).
type Half []uint16

// Floats returns the elements as float32, converting whatever they are. For a
// float32 tensor it is the data itself, not a copy.
func (t *Tensor) Floats() []float32 {
	switch d := t.Data.(type) {
	case []float32:
		return d
	case Half:
		return convert(d, onnx.HalfToFloat)
	case []float64:
		return convert(d, func(v float64) float32 { return float32(v) })
	case []int64:
		return convert(d, func(v int64) float32 { return float32(v) })
	case []int32:
		return convert(d, func(v int32) float32 { return float32(v) })
	case []uint8:
		return convert(d, func(v uint8) float32 { return float32(v) })
	case []int8:
		return convert(d, func(v int8) float32 { return float32(v) })
	}
	return nil
}

func convert[T any](in []T, f func(T) float32) []float32 {
	out := make([]float32, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// value makes the runtime's view of the tensor; it shares the data.
func (t *Tensor) value() (rt.Value, error) {
	switch d := t.Data.(type) {
	case []float32:
		return newValue(t.Shape, d)
	case []float64:
		return newValue(t.Shape, d)
	case []uint8:
		return newValue(t.Shape, d)
	case []int8:
		return newValue(t.Shape, d)
	case []int32:
		return newValue(t.Shape, d)
	case []int64:
		return newValue(t.Shape, d)
	case []bool:
		return newValue(t.Shape, d)
	case Half:
		raw := make([]byte, 0, 2*len(d))
		for _, v := range d {
			raw = binary.LittleEndian.AppendUint16(raw, v)
		}
		return rt.NewCustomDataTensor(t.Shape, raw, rt.TensorElementDataTypeFloat16)
	}
	return nil, fmt.Errorf("a tensor of %T cannot be given to ONNX Runtime", t.Data)
}

// newValue makes a tensor, or the binding's separate type for a scalar.
func newValue[T rt.TensorData](shape []int64, data []T) (rt.Value, error) {
	if len(shape) == 0 && len(data) == 1 {
		return rt.NewScalar(data[0])
	}
	return rt.NewTensor(shape, data)
}

// fromValue takes an output over: its data is Go memory and outlives v.
func fromValue(name string, v rt.Value) (*Tensor, error) {
	t := &Tensor{Shape: v.GetShape()}
	switch d := v.(type) {
	case *rt.Tensor[float32]:
		t.Data = d.GetData()
	case *rt.Tensor[float64]:
		t.Data = d.GetData()
	case *rt.Tensor[uint8]:
		t.Data = d.GetData()
	case *rt.Tensor[int8]:
		t.Data = d.GetData()
	case *rt.Tensor[int32]:
		t.Data = d.GetData()
	case *rt.Tensor[int64]:
		t.Data = d.GetData()
	case *rt.Tensor[bool]:
		t.Data = d.GetData()
	default:
		return nil, fmt.Errorf("output %q is of a type that is not handled (%T); cast it to float32 in the graph", name, v)
	}
	return t, nil
}
