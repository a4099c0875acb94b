package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// decodeTensor decodes a TensorProto. Whatever field holds the elements, they
// end as little-endian bytes in Raw; raw_data and packed floats are aliased.
func decodeTensor(b []byte) (*Tensor, error) {
	t := &Tensor{}
	var typed typedData
	var location uint64
	var entries []Property
	err := eachField(b, &t.unknown, func(f field) (bool, error) {
		var err error
		switch {
		case f.num == 1:
			err = eachVarint(f, func(v uint64) { t.Dims = append(t.Dims, int64(v)) })
		case f.isInt(2):
			t.Type = DataType(f.value)
		case f.is(8):
			t.Name = string(f.bytes)
		case f.is(9):
			t.Raw = f.bytes
		case f.is(12):
			t.Doc = string(f.bytes)
		case f.is(13):
			err = appendProperty(&entries, f.bytes)
		case f.isInt(14):
			location = f.value
		default:
			return typed.setField(f)
		}
		return true, err
	})
	if err != nil {
		return t, err
	}
	if location == 1 {
		t.External, err = parseExternal(t.Name, entries)
		return t, err
	}
	if t.Raw == nil {
		t.Strings = typed.strings
		t.Raw, err = typed.littleEndian(t)
	}
	return t, err
}

// typedData collects the fields of TensorProto that hold elements by type.
type typedData struct {
	fixed   []byte // float_data and double_data as they stand: little-endian
	varints []uint64
	strings [][]byte
	aliased bool
}

func (d *typedData) setField(f field) (bool, error) {
	switch f.num {
	case 4, 10:
		d.addFixed(f)
		return true, nil
	case 5, 7, 11:
		return true, eachVarint(f, func(v uint64) { d.varints = append(d.varints, v) })
	case 6:
		d.strings = append(d.strings, f.bytes)
		return f.typ == protowire.BytesType, nil
	}
	return false, nil
}

// addFixed takes packed floats as they are: their encoding is the one of Raw.
func (d *typedData) addFixed(f field) {
	switch {
	case f.typ == protowire.Fixed32Type:
		d.own()
		d.fixed = binary.LittleEndian.AppendUint32(d.fixed, uint32(f.value))
	case f.typ == protowire.Fixed64Type:
		d.own()
		d.fixed = binary.LittleEndian.AppendUint64(d.fixed, f.value)
	case d.fixed == nil:
		d.fixed, d.aliased = f.bytes, true
	default:
		d.own()
		d.fixed = append(d.fixed, f.bytes...)
	}
}

// own makes d.fixed safe to append to.
func (d *typedData) own() {
	if d.aliased {
		d.fixed, d.aliased = append([]byte(nil), d.fixed...), false
	}
}

func (d *typedData) littleEndian(t *Tensor) ([]byte, error) {
	if len(d.varints) == 0 {
		return d.fixed, nil
	}
	raw := make([]byte, 0, len(d.varints)*max(1, t.Type.Size()))
	for _, v := range d.varints {
		switch t.Type.Size() {
		case 1:
			raw = append(raw, byte(v))
		case 2: // float16 and bfloat16 are stored as their bit patterns
			raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
		case 4:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		case 8:
			raw = binary.LittleEndian.AppendUint64(raw, v)
		default: // 4-bit types: one byte per stored integer
			raw = append(raw, byte(v))
		}
	}
	return raw, nil
}

func parseExternal(name string, entries []Property) (*External, error) {
	e := &External{Length: -1}
	for _, p := range entries {
		var err error
		switch p.Key {
		case "location":
			e.Location = p.Value
		case "offset":
			e.Offset, err = strconv.ParseInt(p.Value, 10, 64)
		case "length":
			e.Length, err = strconv.ParseInt(p.Value, 10, 64)
		default:
			e.other = append(e.other, p)
		}
		if err != nil {
			return nil, fmt.Errorf("external data of tensor %q: %s %q: %w", name, p.Key, p.Value, err)
		}
	}
	if e.Offset < 0 || e.Length < -1 || e.Offset > math.MaxInt64/2 || e.Length > math.MaxInt64/2 {
		return nil, fmt.Errorf("external data of tensor %q: impossible offset %d, length %d", name, e.Offset, e.Length)
	}
	return e, nil
}

func appendValue(list *[]*Value, b []byte) error {
	v := &Value{}
	*list = append(*list, v)
	return eachField(b, &v.unknown, func(f field) (bool, error) {
		switch {
		case f.is(1):
			v.Name = string(f.bytes)
		case f.is(2):
			return true, v.setType(f.bytes)
		case f.is(3):
			v.Doc = string(f.bytes)
		default:
			return false, nil
		}
		return true, nil
	})
}

// setType decodes a TypeProto; anything but a dense tensor is kept as bytes.
func (v *Value) setType(b []byte) error {
	return eachField(b, &v.typeUnknown, func(f field) (bool, error) {
		switch {
		case f.is(1):
			return true, eachField(f.bytes, &v.tensorUnknown, v.setTensorType)
		case f.is(4), f.is(5), f.is(8), f.is(9):
			v.otherType = b
			return true, nil
		}
		return false, nil
	})
}

func (v *Value) setTensorType(f field) (bool, error) {
	switch {
	case f.isInt(1):
		v.Type = DataType(f.value)
	case f.is(2):
		v.HasShape, v.Shape = true, []Dim{}
		var unknown []byte
		return true, eachField(f.bytes, &unknown, func(f field) (bool, error) {
			if !f.is(1) {
				return false, nil
			}
			d, err := decodeDim(f.bytes)
			v.Shape = append(v.Shape, d)
			return true, err
		})
	default:
		return false, nil
	}
	return true, nil
}

func decodeDim(b []byte) (Dim, error) {
	d := Dim{Size: -1}
	err := eachField(b, &d.unknown, func(f field) (bool, error) {
		switch {
		case f.isInt(1):
			d.Size = max(-1, int64(f.value))
		case f.is(2):
			d.Param = string(f.bytes)
		default:
			return false, nil
		}
		return true, nil
	})
	return d, err
}
