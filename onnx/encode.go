package onnx

import (
	"io"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// A rope is a message being encoded: pieces in order, of which long ones (the
// weights) are referred to, not copied. A nested message needs its length before
// its content; with a rope that costs no second pass and no copy.
type rope struct {
	pieces [][]byte
	size   int
	tail   []byte // the piece being appended to; not yet in pieces
	refers bool   // to data in a mapped file, instead of writing them
}

// longPiece is the length from which bytes are referred to rather than copied.
const longPiece = 1024

func (r *rope) flush() {
	if len(r.tail) > 0 {
		r.pieces = append(r.pieces, r.tail)
		r.size += len(r.tail)
		r.tail = nil
	}
}

func (r *rope) raw(b []byte) {
	if len(b) < longPiece {
		r.tail = append(r.tail, b...)
		return
	}
	r.flush()
	r.pieces = append(r.pieces, b)
	r.size += len(b)
}

func (r *rope) header(num protowire.Number, length int) {
	r.tail = protowire.AppendTag(r.tail, num, protowire.BytesType)
	r.tail = protowire.AppendVarint(r.tail, uint64(length))
}

func (r *rope) bytes(num protowire.Number, b []byte) {
	r.header(num, len(b))
	r.raw(b)
}

// text writes a string field unless it is empty.
func (r *rope) text(num protowire.Number, s string) {
	if s != "" {
		r.bytes(num, []byte(s))
	}
}

// texts writes a repeated string field; empty strings count there.
func (r *rope) texts(num protowire.Number, list []string) {
	for _, s := range list {
		r.bytes(num, []byte(s))
	}
}

func (r *rope) int(num protowire.Number, v int64) {
	r.tail = protowire.AppendTag(r.tail, num, protowire.VarintType)
	r.tail = protowire.AppendVarint(r.tail, uint64(v))
}

func (r *rope) float(num protowire.Number, v float32) {
	r.tail = protowire.AppendTag(r.tail, num, protowire.Fixed32Type)
	r.tail = protowire.AppendFixed32(r.tail, math.Float32bits(v))
}

// message writes a nested message.
func (r *rope) message(num protowire.Number, fill func(*rope)) {
	inner := rope{refers: r.refers}
	fill(&inner)
	inner.flush()
	r.header(num, inner.size)
	for _, p := range inner.pieces {
		r.raw(p)
	}
}

// Marshal encodes the model.
func (m *Model) Marshal() []byte { return m.encoded(false) }

func (m *Model) encoded(refers bool) []byte {
	r := rope{refers: refers}
	m.encode(&r)
	r.flush()
	out := make([]byte, 0, r.size)
	for _, p := range r.pieces {
		out = append(out, p...)
	}
	return out
}

// WriteTo encodes the model to w without assembling it in memory first.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	var r rope
	m.encode(&r)
	r.flush()
	var written int64
	for _, p := range r.pieces {
		n, err := w.Write(p)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func (m *Model) encode(r *rope) {
	r.int(1, m.IRVersion)
	r.text(2, m.ProducerName)
	r.text(3, m.ProducerVersion)
	r.text(4, m.Domain)
	if m.ModelVersion != 0 {
		r.int(5, m.ModelVersion)
	}
	r.text(6, m.Doc)
	if m.Graph != nil {
		r.message(7, m.Graph.encode)
	}
	encodeOpsets(r, 8, m.Opsets)
	encodeProperties(r, 14, m.Metadata)
	for _, fn := range m.Functions {
		r.message(25, fn.encode)
	}
	r.raw(m.unknown)
}

func encodeOpsets(r *rope, num protowire.Number, list []Opset) {
	for _, o := range list {
		r.message(num, func(r *rope) {
			r.text(1, o.Domain)
			r.int(2, o.Version)
			r.raw(o.unknown)
		})
	}
}

func encodeProperties(r *rope, num protowire.Number, list []Property) {
	for _, p := range list {
		r.message(num, func(r *rope) {
			r.bytes(1, []byte(p.Key))
			r.bytes(2, []byte(p.Value))
		})
	}
}

func (fn *Function) encode(r *rope) {
	r.text(1, fn.Name)
	r.texts(4, fn.Inputs)
	r.texts(5, fn.Outputs)
	for _, n := range fn.Nodes {
		r.message(7, n.encode)
	}
	encodeOpsets(r, 9, fn.Opsets)
	r.text(10, fn.Domain)
	for _, a := range fn.Defaults {
		r.message(11, a.encode)
	}
	r.raw(fn.unknown)
}

func (g *Graph) encode(r *rope) {
	for _, n := range g.Nodes {
		r.message(1, n.encode)
	}
	r.text(2, g.Name)
	for _, t := range g.Initializers {
		r.message(5, t.encode)
	}
	r.text(10, g.Doc)
	encodeValues(r, 11, g.Inputs)
	encodeValues(r, 12, g.Outputs)
	encodeValues(r, 13, g.Values)
	r.raw(g.unknown)
}

func encodeValues(r *rope, num protowire.Number, list []*Value) {
	for _, v := range list {
		r.message(num, v.encode)
	}
}

func (n *Node) encode(r *rope) {
	r.texts(1, n.Inputs)
	r.texts(2, n.Outputs)
	r.text(3, n.Name)
	r.text(4, n.Op)
	for _, a := range n.Attributes {
		r.message(5, a.encode)
	}
	r.text(6, n.Doc)
	r.text(7, n.Domain)
	r.raw(n.unknown)
}

func (a *Attribute) encode(r *rope) {
	r.text(1, a.Name)
	a.encodeValue(r)
	if a.Type != AttrUndefined {
		r.int(20, int64(a.Type))
	}
	r.text(21, a.Ref)
	r.raw(a.unknown)
}

func (a *Attribute) encodeValue(r *rope) {
	if a.Ref != "" {
		return
	}
	switch a.Type {
	case AttrFloat:
		r.float(2, a.Float)
	case AttrInt:
		r.int(3, a.Int)
	case AttrString:
		r.bytes(4, a.String)
	case AttrTensor:
		encodeTensors(r, 5, []*Tensor{a.Tensor})
	case AttrGraph:
		encodeGraphs(r, 6, []*Graph{a.Graph})
	case AttrFloats:
		for _, v := range a.Floats {
			r.float(7, v)
		}
	case AttrInts:
		for _, v := range a.Ints {
			r.int(8, v)
		}
	case AttrStrings:
		for _, v := range a.Strings {
			r.bytes(9, v)
		}
	case AttrTensors:
		encodeTensors(r, 10, a.Tensors)
	case AttrGraphs:
		encodeGraphs(r, 11, a.Graphs)
	}
}

func encodeTensors(r *rope, num protowire.Number, list []*Tensor) {
	for _, t := range list {
		if t != nil {
			r.message(num, t.encode)
		}
	}
}

func encodeGraphs(r *rope, num protowire.Number, list []*Graph) {
	for _, g := range list {
		if g != nil {
			r.message(num, g.encode)
		}
	}
}

func (t *Tensor) encode(r *rope) {
	for _, d := range t.Dims {
		r.int(1, d)
	}
	r.int(2, int64(t.Type))
	for _, s := range t.Strings {
		r.bytes(6, s)
	}
	r.text(8, t.Name)
	external := t.External
	if external == nil && r.refers {
		external = t.place.of(t)
	}
	switch {
	case external != nil:
		encodeProperties(r, 13, external.properties())
		r.int(14, 1)
	case t.Type != String:
		r.bytes(9, t.Raw)
	}
	r.text(12, t.Doc)
	r.raw(t.unknown)
}

func (e *External) properties() []Property {
	list := []Property{{"location", e.Location}}
	if e.Offset != 0 {
		list = append(list, Property{"offset", strconv.FormatInt(e.Offset, 10)})
	}
	if e.Length >= 0 {
		list = append(list, Property{"length", strconv.FormatInt(e.Length, 10)})
	}
	return append(list, e.other...)
}

func (v *Value) encode(r *rope) {
	r.text(1, v.Name)
	switch {
	case v.otherType != nil:
		r.bytes(2, v.otherType)
	case v.Type != Undefined || v.HasShape:
		r.message(2, func(r *rope) {
			r.message(1, v.encodeTensorType)
			r.raw(v.typeUnknown)
		})
	}
	r.text(3, v.Doc)
	r.raw(v.unknown)
}

func (v *Value) encodeTensorType(r *rope) {
	r.int(1, int64(v.Type))
	if v.HasShape {
		r.message(2, func(r *rope) {
			for _, d := range v.Shape {
				r.message(1, d.encode)
			}
		})
	}
	r.raw(v.tensorUnknown)
}

func (d Dim) encode(r *rope) {
	switch {
	case d.Fixed():
		r.int(1, d.Size)
	case d.Param != "":
		r.text(2, d.Param)
	}
	r.raw(d.unknown)
}
