package onnx

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxDepth bounds the nesting of messages (graphs in attributes of nodes of
// graphs …), so that a hostile file cannot exhaust the stack.
const maxDepth = 64

var errDepth = errors.New("nested too deeply")

// A field is one decoded protobuf field. Bytes aliases the input.
type field struct {
	num   protowire.Number
	typ   protowire.Type
	value uint64 // varint, fixed32, fixed64
	bytes []byte // length-delimited
	all   []byte // the field as it stands, tag included
}

// eachField calls f with every field of message b; what f does not know (it
// returns false) is appended to *unknown.
func eachField(b []byte, unknown *[]byte, f func(field) (bool, error)) error {
	for len(b) > 0 {
		fd, n := consumeField(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		known, err := f(fd)
		if err != nil {
			return err
		}
		if !known {
			*unknown = append(*unknown, fd.all...)
		}
		b = b[n:]
	}
	return nil
}

func consumeField(b []byte) (field, int) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return field{}, n
	}
	fd, m := field{num: num, typ: typ}, 0
	switch typ {
	case protowire.VarintType:
		fd.value, m = protowire.ConsumeVarint(b[n:])
	case protowire.Fixed32Type:
		var v uint32
		v, m = protowire.ConsumeFixed32(b[n:])
		fd.value = uint64(v)
	case protowire.Fixed64Type:
		fd.value, m = protowire.ConsumeFixed64(b[n:])
	case protowire.BytesType:
		fd.bytes, m = protowire.ConsumeBytes(b[n:])
	default:
		m = protowire.ConsumeFieldValue(num, typ, b[n:])
	}
	if m < 0 {
		return field{}, m
	}
	fd.all = b[:n+m]
	return fd, n + m
}

// is reports whether the field has number num and is length-delimited.
func (f field) is(num protowire.Number) bool { return f.num == num && f.typ == protowire.BytesType }

// isInt reports whether the field has number num and is a varint.
func (f field) isInt(num protowire.Number) bool { return f.num == num && f.typ == protowire.VarintType }

// Unmarshal decodes a model. The result aliases b, which must not change
// afterwards. It does not look at external data files; see [ReadFile].
func Unmarshal(b []byte) (*Model, error) {
	m := &Model{}
	err := eachField(b, &m.unknown, func(f field) (bool, error) { return m.setField(f) })
	if err != nil {
		return nil, fmt.Errorf("decode ONNX model: %w", err)
	}
	return m, nil
}

func (m *Model) setField(f field) (bool, error) {
	var err error
	switch {
	case f.isInt(1):
		m.IRVersion = int64(f.value)
	case f.is(2):
		m.ProducerName = string(f.bytes)
	case f.is(3):
		m.ProducerVersion = string(f.bytes)
	case f.is(4):
		m.Domain = string(f.bytes)
	case f.isInt(5):
		m.ModelVersion = int64(f.value)
	case f.is(6):
		m.Doc = string(f.bytes)
	case f.is(7):
		m.Graph, err = decodeGraph(f.bytes, maxDepth)
	case f.is(8):
		err = appendOpset(&m.Opsets, f.bytes)
	case f.is(14):
		err = appendProperty(&m.Metadata, f.bytes)
	case f.is(25):
		fn := &Function{}
		m.Functions = append(m.Functions, fn)
		err = eachField(f.bytes, &fn.unknown, fn.setField)
	default:
		return false, nil
	}
	return true, err
}

func (fn *Function) setField(f field) (bool, error) {
	var err error
	switch {
	case f.is(1):
		fn.Name = string(f.bytes)
	case f.is(4):
		fn.Inputs = append(fn.Inputs, string(f.bytes))
	case f.is(5):
		fn.Outputs = append(fn.Outputs, string(f.bytes))
	case f.is(7):
		err = appendNode(&fn.Nodes, f.bytes, maxDepth)
	case f.is(9):
		err = appendOpset(&fn.Opsets, f.bytes)
	case f.is(10):
		fn.Domain = string(f.bytes)
	case f.is(11):
		a := &Attribute{}
		fn.Defaults = append(fn.Defaults, a)
		err = eachField(f.bytes, &a.unknown, func(f field) (bool, error) { return a.setField(f, maxDepth) })
		a.inferType()
	default:
		return false, nil
	}
	return true, err
}

func appendOpset(list *[]Opset, b []byte) error {
	var o Opset
	err := eachField(b, &o.unknown, func(f field) (bool, error) {
		switch {
		case f.is(1):
			o.Domain = string(f.bytes)
		case f.isInt(2):
			o.Version = int64(f.value)
		default:
			return false, nil
		}
		return true, nil
	})
	*list = append(*list, o)
	return err
}

func appendProperty(list *[]Property, b []byte) error {
	var p Property
	var unknown []byte
	err := eachField(b, &unknown, func(f field) (bool, error) {
		switch {
		case f.is(1):
			p.Key = string(f.bytes)
		case f.is(2):
			p.Value = string(f.bytes)
		}
		return true, nil
	})
	*list = append(*list, p)
	return err
}

func decodeGraph(b []byte, depth int) (*Graph, error) {
	if depth == 0 {
		return nil, errDepth
	}
	g := &Graph{}
	err := eachField(b, &g.unknown, func(f field) (bool, error) { return g.setField(f, depth) })
	return g, err
}

func (g *Graph) setField(f field, depth int) (bool, error) {
	var err error
	switch {
	case f.is(1):
		err = appendNode(&g.Nodes, f.bytes, depth)
	case f.is(2):
		g.Name = string(f.bytes)
	case f.is(5):
		var t *Tensor
		t, err = decodeTensor(f.bytes)
		g.Initializers = append(g.Initializers, t)
	case f.is(10):
		g.Doc = string(f.bytes)
	case f.is(11):
		err = appendValue(&g.Inputs, f.bytes)
	case f.is(12):
		err = appendValue(&g.Outputs, f.bytes)
	case f.is(13):
		err = appendValue(&g.Values, f.bytes)
	default:
		return false, nil
	}
	return true, err
}

func appendNode(list *[]*Node, b []byte, depth int) error {
	n := &Node{}
	*list = append(*list, n)
	return eachField(b, &n.unknown, func(f field) (bool, error) {
		var err error
		switch {
		case f.is(1):
			n.Inputs = append(n.Inputs, string(f.bytes))
		case f.is(2):
			n.Outputs = append(n.Outputs, string(f.bytes))
		case f.is(3):
			n.Name = string(f.bytes)
		case f.is(4):
			n.Op = string(f.bytes)
		case f.is(5):
			a := &Attribute{}
			n.Attributes = append(n.Attributes, a)
			err = eachField(f.bytes, &a.unknown, func(f field) (bool, error) { return a.setField(f, depth) })
			a.inferType()
		case f.is(6):
			n.Doc = string(f.bytes)
		case f.is(7):
			n.Domain = string(f.bytes)
		default:
			return false, nil
		}
		return true, err
	})
}

func (a *Attribute) setField(f field, depth int) (bool, error) {
	var err error
	switch {
	case f.is(1):
		a.Name = string(f.bytes)
	case f.isInt(20):
		a.Type = AttributeType(f.value)
	case f.is(21):
		a.Ref = string(f.bytes)
	case f.num == 2 && f.typ == protowire.Fixed32Type:
		a.Float = math.Float32frombits(uint32(f.value))
	case f.isInt(3):
		a.Int = int64(f.value)
	case f.is(4):
		a.String = f.bytes
	case f.is(5):
		a.Tensor, err = decodeTensor(f.bytes)
	case f.is(6):
		a.Graph, err = decodeGraph(f.bytes, depth-1)
	case f.num == 7:
		err = eachFixed32(f, func(v uint32) { a.Floats = append(a.Floats, math.Float32frombits(v)) })
	case f.num == 8:
		err = eachVarint(f, func(v uint64) { a.Ints = append(a.Ints, int64(v)) })
	case f.is(9):
		a.Strings = append(a.Strings, f.bytes)
	case f.is(10):
		var t *Tensor
		t, err = decodeTensor(f.bytes)
		a.Tensors = append(a.Tensors, t)
	case f.is(11):
		var g *Graph
		g, err = decodeGraph(f.bytes, depth-1)
		a.Graphs = append(a.Graphs, g)
	default:
		return false, nil
	}
	return true, err
}

// inferType sets Type from the field that is present: files of IR version 1 did
// not have to state it.
func (a *Attribute) inferType() {
	switch {
	case a.Type != AttrUndefined:
	case a.Tensor != nil:
		a.Type = AttrTensor
	case a.Graph != nil:
		a.Type = AttrGraph
	case a.Floats != nil:
		a.Type = AttrFloats
	case a.Ints != nil:
		a.Type = AttrInts
	case a.Strings != nil:
		a.Type = AttrStrings
	case a.String != nil:
		a.Type = AttrString
	case a.Float != 0:
		a.Type = AttrFloat
	case a.Int != 0:
		a.Type = AttrInt
	}
}

// eachVarint calls f with the values of a repeated integer field, packed or not.
func eachVarint(fd field, f func(uint64)) error {
	if fd.typ == protowire.VarintType {
		f(fd.value)
		return nil
	}
	for b := fd.bytes; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		f(v)
		b = b[n:]
	}
	return nil
}

// eachFixed32 calls f with the values of a repeated float field, packed or not.
func eachFixed32(fd field, f func(uint32)) error {
	if fd.typ == protowire.Fixed32Type {
		f(uint32(fd.value))
		return nil
	}
	for b := fd.bytes; len(b) > 0; {
		v, n := protowire.ConsumeFixed32(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		f(v)
		b = b[n:]
	}
	return nil
}
